"""Data keys: what payloads are sealed with, one tenant's apart from another's."""

import base64
import re
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from public_works.database import Database
from public_works.master_keys import About, MasterKeys
from public_works.record import Record, now
from public_works.run_keys import RUN, DataKey, LentKey, RunKeys
from public_works.tables import DataKeyRow
from symphainy.errors import Refused, Unavailable

__all__ = ["DataKey", "DataKeyRecord", "DataKeys"]

BITS = 256
LIFE = timedelta(days=90)
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What an id can be; others come from outside, and PostgreSQL takes not every text."""
FRESH = 60.0
"""Seconds after which it is asked whether the tenant's key is still the newest."""


class DataKeyRecord(Record):
    """What may be shown of a data key."""

    tenant: str
    id: str
    master: str
    """The id of the master key that it is sealed with."""
    created: datetime


class DataKeys:
    """The data keys of every tenant; those that were open once stay so in this process.

    None is ever removed but those of `runs`: what was sealed with it would be lost.
    """

    def __init__(
        self, db: Database, masters: Callable[[], MasterKeys], *, life: timedelta = LIFE
    ) -> None:
        self._db = db
        self._masters = masters
        self._life = life
        self.runs = RunKeys(db, self)
        """The keys of those runs and sessions that have one of their own."""
        self._open: dict[str, DataKey] = {}
        self._current: dict[str, tuple[float, DataKey]] = {}

    def at_hand(self, tenant: str, workflow: str | None = None) -> DataKey | None:
        """What `current` gives, if that asks nobody."""
        if workflow is not None:
            is_known, own = self.runs.at_hand(workflow)
            if own is not None or not is_known:
                return own
        since, key = self._current.get(tenant, (0.0, None))
        return key if key is not None and time.monotonic() - since < FRESH else None

    def current(self, tenant: str, workflow: str | None = None) -> DataKey:
        """The key for new payloads of `tenant`, or that of its `workflow`, where it has one of its
        own; there is one always.

        Unavailable `codec.key`, and `store.unavailable` where none was open before.
        """
        own = self.runs.of(tenant, workflow) if workflow is not None else None
        if own is not None:
            return own
        try:
            key = self._newest(tenant)
        except Unavailable:
            _, known = self._current.get(tenant, (0.0, None))
            if known is None:
                raise
            key = known
        self._current[tenant] = (time.monotonic(), key)
        return key

    def known(self, key: str) -> DataKey | None:
        """The key of that id, if it was open before."""
        return self.runs.known(key) if key.startswith(RUN) else self._open.get(key)

    def find(self, key: str) -> DataKey | None:
        """The key of that id, whosever it is; None if nobody ever had it, or it was thrown
        away. Unavailable."""
        if key.startswith(RUN):
            return self.runs.find(key)
        found = self._open.get(key)
        if found is not None or not ID.fullmatch(key):
            return found
        with self._db.reading() as session:
            row = session.exec(select(DataKeyRow).where(DataKeyRow.id == key)).first()
        return None if row is None else self._opened(row)

    def saw(self, workflow: str, key: DataKey) -> None:
        """Something of the workflow was opened with that key: it goes on with its own."""
        self.runs.saw(workflow, key)

    def rotate(self, tenant: str) -> DataKeyRecord:
        """Another key for new payloads; other processes use it within a minute. Unavailable."""
        row = self._made(tenant)
        with self._db.session() as session:
            session.add(row)
        self._current.pop(tenant, None)
        return DataKeyRecord.model_validate(row)

    def rewrap(self, tenant: str) -> int:
        """How many keys of `tenant` were sealed with another master key than the one in use, and
        now are with it."""
        masters = self._having()
        with self._db.reading() as session:
            rows = session.exec(
                select(DataKeyRow).where(
                    DataKeyRow.tenant == tenant, DataKeyRow.master != masters.current.id
                )
            ).all()
        # Nobody waits for a transaction that a key management service is asked in.
        return sum(self._rewrapped(masters, row) for row in rows)

    def _rewrapped(self, masters: MasterKeys, row: DataKeyRow) -> bool:
        about = About(row.tenant, row.id)
        key = masters.open(row.master, base64.b64decode(row.sealed), about)
        sealed = base64.b64encode(masters.current.seal(key, about)).decode()
        mine = update(DataKeyRow).where(
            col(DataKeyRow.tenant) == row.tenant,
            col(DataKeyRow.id) == row.id,
            col(DataKeyRow.master) == row.master,
        )
        anew = mine.values(sealed=sealed, master=masters.current.id)
        with self._db.session() as session:
            return bool(session.connection().execute(anew).rowcount)

    def handed(self, tenant: str, within: timedelta) -> Iterable[LentKey]:
        """The key in use as it is, and those that were in use `within` until now,
        newest first: for who works for this tenant alone. Unavailable `codec.key`."""
        self.current(tenant)
        with self._db.reading() as session:
            rows = session.exec(_of(tenant)).all()
        since, used = now() - within, True
        for row in rows:
            if not used:
                return
            yield LentKey(row.id, self._unsealed(row))
            used = row.created > since

    def lend(self, tenant: str, key: str) -> LentKey | None:
        """The tenant's key of that id, or that of one of its workflows, for who works for this
        tenant alone; None if there is none. Unavailable `codec.key`."""
        if key.startswith(RUN):
            return self.runs.lend(tenant, key)
        with self._db.reading() as session:
            mine = select(DataKeyRow).where(DataKeyRow.tenant == tenant, DataKeyRow.id == key)
            row = session.exec(mine).first() if ID.fullmatch(key) else None
        return None if row is None else LentKey(row.id, self._unsealed(row))

    def tenants(self) -> list[str]:
        """Everybody who has a key."""
        with self._db.reading() as session:
            found = session.exec(select(DataKeyRow.tenant).distinct())
            return sorted(found)

    def list(self, tenant: str) -> list[DataKeyRecord]:
        """Every key of the tenant, newest first, without what is secret."""
        with self._db.reading() as session:
            rows = session.exec(_of(tenant)).all()
            return [DataKeyRecord.model_validate(row) for row in rows]

    def _newest(self, tenant: str) -> DataKey:
        with self._db.reading() as session:
            row = session.exec(_of(tenant)).first()
        if row is None or row.created < now() - self._life:
            made = self._made(tenant)
            with self._db.session() as session:
                # Somebody else may have been faster.
                row = session.exec(_of(tenant)).first()
                if row is None or row.created < now() - self._life:
                    session.add(made)
                    row = made
        return self._opened(row)

    def _made(self, tenant: str) -> DataKeyRow:
        """Another key of the tenant, sealed, and not kept yet."""
        masters, id = self._having(), secrets.token_urlsafe(8)
        self._belongs(masters)
        sealed = masters.current.seal(AESGCM.generate_key(BITS), About(tenant, id))
        return DataKeyRow(
            tenant=tenant,
            id=id,
            master=masters.current.id,
            sealed=base64.b64encode(sealed).decode(),
            created=now(),
        )

    def _belongs(self, masters: MasterKeys) -> None:
        """Return if one of the master keys is known here already, or none is. Unavailable
        `codec.key`: somebody else's folder of keys is in place, or an empty one was filled."""
        with self._db.reading() as session:
            used = frozenset(session.exec(select(DataKeyRow.master).distinct()))
        if used and not used & masters.ids:
            message = "No data key is sealed with a master key that this process has"
            raise Unavailable("codec.key", f"{message}: is its folder of keys in place?")

    def _opened(self, row: DataKeyRow) -> DataKey:
        found = self._open.get(row.id)
        if found is None:
            key = AESGCM(self._unsealed(row))
            found = self._open[row.id] = DataKey(row.tenant, row.id, key)
        return found

    def _having(self) -> MasterKeys:
        """The master keys. Unavailable `codec.key`, also where a secret is not there now: a run
        whose payload is refused for that would never be the same."""
        try:
            return self._masters()
        except Refused as error:
            raise Unavailable("codec.key", error.message) from error

    def _unsealed(self, row: DataKeyRow) -> bytes:
        sealed = base64.b64decode(row.sealed)
        return self._having().open(row.master, sealed, About(row.tenant, row.id))


def _of(tenant: str) -> SelectOfScalar[DataKeyRow]:
    return (
        select(DataKeyRow)
        .where(DataKeyRow.tenant == tenant)
        .order_by(col(DataKeyRow.created).desc(), col(DataKeyRow.id))
    )
