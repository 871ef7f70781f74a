"""Keys of single runs and sessions: what is about a customer is sealed with one that can be thrown
away, and nothing else is lost with it."""

import base64
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from public_works.database import Database, insert_new
from public_works.record import Record, now
from public_works.tables import RunKeyRow
from symphainy.errors import Unavailable

if TYPE_CHECKING:
    from public_works.data_keys import DataKeys

__all__ = ["RUN", "DataKey", "LentKey", "RunKeyRecord", "RunKeys"]

RUN = "run."
"""What the ids of these keys begin with; those of data keys have no dot."""
UNKNOWN = ""
"""In the place of an id of a workflow of which nothing is remembered; no key has it."""
NONCE = 12
BITS = 256
OPEN = 300.0
"""Seconds for which a process goes on with a key that may have been thrown away since."""
UNASKED = timedelta(days=7)
MOST = 20_000
"""Workflows of which a process remembers the key."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key that is open."""

    tenant: str
    id: str
    cipher: AESGCM = field(repr=False)
    workflow: str | None = None
    """The only workflow that seals with it; None for the tenant's own."""


@dataclass(frozen=True, slots=True)
class LentKey:
    """A key as it is, for a process that has no database."""

    id: str
    key: bytes = field(repr=False)
    workflow: str | None = None


class RunKeyRecord(Record):
    """What may be shown of a key."""

    tenant: str
    workflow: str
    id: str
    checked: datetime


class RunKeys:
    """The keys of workflows about customers, each sealed with a data key of its tenant."""

    def __init__(self, db: Database, keys: "DataKeys") -> None:
        self._db = db
        self._keys = keys
        self._open: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._mine: OrderedDict[str, str | None] = OrderedDict()

    def make(self, tenant: str, workflow: str, customer: str) -> DataKey:
        """The key of the workflow, which is about the customer; the first who says so stands.

        Unavailable `codec.key`, `store.unavailable`.
        """
        with self._db.reading() as session:
            row = session.exec(_of(tenant, workflow)).first()
        if row is None or not self._stays(row):
            outer = self._keys.current(tenant)
            with self._db.session() as session:
                insert_new(session, _made(outer, tenant, workflow, customer))
                row = session.exec(_of(tenant, workflow)).one()
        return self._opened(row)

    def _stays(self, row: RunKeyRow) -> bool:
        """Whether the key is not thrown away meanwhile, as one that opens nothing any more is."""
        if row.checked > now() - UNASKED / 2:
            return True
        with self._db.session() as session:
            mine = update(RunKeyRow).where(
                col(RunKeyRow.tenant) == row.tenant, col(RunKeyRow.id) == row.id
            )
            return bool(session.connection().execute(mine.values(checked=now())).rowcount)

    def of(self, tenant: str, workflow: str) -> DataKey | None:
        """The key of the workflow, as it is now; None if it is about nobody. Unavailable."""
        with self._db.reading() as session:
            row = session.exec(_of(tenant, workflow)).first()
        if row is None:
            self._keep(workflow, None)
            return None
        return self._opened(row)

    def customer(self, tenant: str, workflow: str) -> str | None:
        """Whom the workflow is about, if anybody."""
        with self._db.reading() as session:
            row = session.exec(_of(tenant, workflow)).first()
            return row.customer if row is not None else None

    def lend(self, tenant: str, id: str) -> LentKey | None:
        """The key of that id of a workflow of the tenant; None if there is none. Unavailable."""
        mine = select(RunKeyRow).where(RunKeyRow.tenant == tenant, RunKeyRow.id == id)
        with self._db.reading() as session:
            row = session.exec(mine).first()
        return None if row is None else LentKey(row.id, self._plain(row), row.workflow)

    def workflows(self, tenant: str, customer: str) -> list[str]:
        """The ids of the workflows that are about the customer."""
        mine = select(RunKeyRow.workflow).where(
            RunKeyRow.tenant == tenant, RunKeyRow.customer == customer
        )
        with self._db.reading() as session:
            return sorted(session.exec(mine))

    def at_hand(self, workflow: str) -> tuple[bool, DataKey | None]:
        """Whether it is known without asking anybody, and if so what `of` gives."""
        # Looked for once: other threads let go of what is oldest.
        id = self._mine.get(workflow, UNKNOWN)
        if id is None or id == UNKNOWN:
            return id is None, None
        key = self.known(id)
        return key is not None, key

    def known(self, id: str) -> DataKey | None:
        """The key of that id, if it was open a short while ago."""
        since, key = self._open.get(id, (0.0, None))
        return key if time.monotonic() - since < OPEN else None

    def find(self, id: str) -> DataKey | None:
        """The key of that id, whosever it is; None if it was thrown away. Unavailable."""
        with self._db.reading() as session:
            row = session.exec(select(RunKeyRow).where(RunKeyRow.id == id)).first()
        if row is None:
            self._open.pop(id, None)
            return None
        return self._opened(row)

    def saw(self, workflow: str, key: DataKey) -> None:
        """Something of the workflow was opened with that key: with which it goes on."""
        if key.workflow == workflow:
            self._keep(workflow, key.id)
        elif key.workflow is None and workflow not in self._mine:
            self._keep(workflow, None)

    def leave(self, workflows: Iterable[str]) -> None:
        """Go on with none of these keys in this process; they were thrown away."""
        for workflow in workflows:
            id = self._mine.pop(workflow, None)
            if id is not None:
                self._open.pop(id, None)

    def unasked(self, limit: int = 200) -> list[RunKeyRecord]:
        """Keys, of any tenant, of which nobody asked for a week whether they open anything still;
        from now on somebody does."""
        oldest = select(RunKeyRow).where(col(RunKeyRow.checked) < now() - UNASKED)
        with self._db.session() as session:
            rows = session.exec(oldest.order_by(col(RunKeyRow.checked)).limit(limit)).all()
            for row in rows:
                row.checked = now()
            return [RunKeyRecord.model_validate(row) for row in rows]

    def discard(self, key: RunKeyRecord) -> bool:
        """Throw that key away, unless it is wanted again since it was asked after."""
        mine = delete(RunKeyRow).where(
            col(RunKeyRow.tenant) == key.tenant,
            col(RunKeyRow.id) == key.id,
            col(RunKeyRow.checked) == key.checked,
        )
        with self._db.session() as session:
            gone = bool(session.connection().execute(mine).rowcount)
        if gone:
            self.leave([key.workflow])
        return gone

    def _opened(self, row: RunKeyRow) -> DataKey:
        key = self.known(row.id)
        if key is None:
            key = DataKey(row.tenant, row.id, AESGCM(self._plain(row)), row.workflow)
            self._open[row.id] = (time.monotonic(), key)
            _trim(self._open)
        self._keep(row.workflow, row.id)
        return key

    def _plain(self, row: RunKeyRow) -> bytes:
        outer, sealed = self._keys.find(row.outer), base64.b64decode(row.sealed)
        about = _about(row.tenant, row.workflow, row.id)
        try:
            if outer is not None:
                return outer.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], about)
        except InvalidTag:
            pass
        raise Unavailable("codec.key", f"The key of a run does not open with {row.outer}.")

    def _keep(self, workflow: str, id: str | None) -> None:
        self._mine[workflow] = id
        _trim(self._mine)


def _made(outer: DataKey, tenant: str, workflow: str, customer: str) -> RunKeyRow:
    id, nonce = RUN + secrets.token_urlsafe(12), secrets.token_bytes(NONCE)
    about = _about(tenant, workflow, id)
    sealed = nonce + outer.cipher.encrypt(nonce, AESGCM.generate_key(BITS), about)
    moment = now()
    return RunKeyRow(
        tenant=tenant,
        workflow=workflow,
        id=id,
        customer=customer,
        outer=outer.id,
        sealed=base64.b64encode(sealed).decode(),
        created=moment,
        checked=moment,
    )


def _of(tenant: str, workflow: str) -> SelectOfScalar[RunKeyRow]:
    return select(RunKeyRow).where(RunKeyRow.tenant == tenant, RunKeyRow.workflow == workflow)


def _about(tenant: str, workflow: str, id: str) -> bytes:
    return b"\0".join((b"symphainy.run-key.v1", tenant.encode(), workflow.encode(), id.encode()))


def _trim(some: OrderedDict[str, Any]) -> None:
    while len(some) > MOST:
        some.popitem(last=False)
