"""The register of what was done, by whom."""

import builtins
import hmac
import json
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from sqlalchemy import func
from sqlmodel import col, select

from public_works.audit.chain import append
from public_works.database import JOINING, Database, insert_new
from public_works.record import now
from public_works.salts import salt_id
from public_works.tables import AuditCheckpointRow, AuditHeadRow, AuditRow, TokenSaltRow
from public_works.tables.base import TenantRow
from smart_city.audit import Actor, AuditRecord, Entry, Subject
from smart_city.audit_checkpoint import Checkpoint, Head, signed
from smart_city.signing import SigningKey
from symphainy.errors import Refused

__all__ = ["EVERY", "OFTEN", "Audit", "AuditChain", "unreadable"]

log = logging.getLogger("symphainy.audit.checkpoints")

EVERY = 1000
"""Records after which a checkpoint is due."""
OFTEN = timedelta(minutes=5)
"""Time after which a checkpoint is due if anything was recorded since the last."""
BATCH = 1000


class AuditChain(NamedTuple):
    """A chain as it is kept, for whoever follows it."""

    head: Head | None
    checkpoints: tuple[Checkpoint, ...]
    records: Iterator[AuditRecord]

    def lines(self) -> Iterator[str]:
        """The chain as JSON lines: records, checkpoints, and where it ends."""
        for one in self.records:
            yield _line("record", one)
        for checkpoint in self.checkpoints:
            yield _line("checkpoint", checkpoint)
        if self.head is not None:
            yield _line("head", self.head)


class Audit:
    """The chains of all tenants; rows are only ever added."""

    def __init__(
        self, db: Database, pepper: bytes, key: Callable[[], SigningKey] | None = None
    ) -> None:
        self._db = db
        self._secret = hmac.digest(pepper, b"symphainy.audit.customer.v1", "sha256")
        self._key = key
        self._counts: Counter[tuple[str, str]] = Counter()
        self._counting = Lock()

    def record(self, tenant: str, entry: Entry) -> AuditRecord:
        """Write down an act that wrote nothing itself."""
        with self._db.session() as session:
            return append(session, tenant, entry)

    def count(self, tenant: str, entry: Entry) -> None:
        """Have an act that is done often recorded with all like it, by `tally`, and how many."""
        with self._counting:
            self._counts[tenant, entry.model_dump_json()] += 1

    def tally(self) -> None:
        """Record what was counted."""
        with self._counting:
            counts, self._counts = self._counts, Counter()
        for (tenant, text), times in counts.items():
            entry = Entry.model_validate_json(text)
            counted = {**entry.details, "count": times}
            self.record(tenant, entry.model_copy(update={"details": counted}))

    def seal(self) -> None:
        """Sign the checkpoints that are due."""
        for tenant in self.tenants() if self._key is not None else ():
            if self.due(tenant):
                self.checkpoint(tenant)

    def token(self, tenant: str, customer: str) -> str:
        """What a customer is called in records: nobody tells from it who it was, and once they
        are forgotten nobody can make it again."""
        own = hmac.digest(self._secret, tenant.encode(), "sha256")
        text = f"{self._salt(tenant, customer)}\0{customer}".encode("utf-8", "surrogatepass")
        return "customer:" + hmac.digest(own, text, "sha256").hex()[:32]

    def _salt(self, tenant: str, id: str) -> str:
        key = {"tenant": tenant, "id": salt_id(id)}
        with self._db.reading() as session:
            row = session.get(TokenSaltRow, key)
            if row is not None:
                return row.salt
        # Whoever is being recorded has not done anything yet by being given a name.
        apart = JOINING.set(None)
        try:
            with self._db.session() as session:
                insert_new(session, TokenSaltRow(**key, salt=secrets.token_hex(16)))
                return session.get_one(TokenSaltRow, key).salt
        finally:
            JOINING.reset(apart)

    def list(
        self,
        tenant: str,
        *,
        action: str | None = None,
        subject: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        after: int | None = None,
        limit: int = 50,
    ) -> builtins.list[AuditRecord]:
        """Records, newest first, before the record `after`."""
        wanted = select(AuditRow).where(AuditRow.tenant == tenant)
        for name, value in (("action", action), ("subject", subject), ("actor", actor)):
            if value is not None:
                wanted = wanted.where(getattr(AuditRow, name) == value)
        if since is not None:
            wanted = wanted.where(col(AuditRow.at) >= since)
        if after is not None:
            wanted = wanted.where(col(AuditRow.seq) < after)
        with self._db.reading() as session:
            rows = session.exec(wanted.order_by(col(AuditRow.seq).desc()).limit(limit))
            return [_record(row) for row in rows]

    def head(self, tenant: str) -> Head | None:
        """How far the chain goes, or None for one that has not begun."""
        with self._db.reading() as session:
            row = session.get(AuditHeadRow, tenant)
            return Head.model_validate(row.model_dump()) if row else None

    def checkpoints(self, tenant: str) -> builtins.list[Checkpoint]:
        """The signed checkpoints, oldest first."""
        kept = select(AuditCheckpointRow).where(AuditCheckpointRow.tenant == tenant)
        with self._db.reading() as session:
            rows = session.exec(kept.order_by(col(AuditCheckpointRow.seq)))
            return [Checkpoint.model_validate(row.model_dump()) for row in rows]

    def chain(self, tenant: str) -> AuditChain:
        """The whole chain in its order, read in portions; what is added meanwhile is left out."""
        head = self.head(tenant)
        checkpoints = tuple(self.checkpoints(tenant))
        return AuditChain(head, checkpoints, self._records(tenant, checkpoints, head))

    def _records(
        self, tenant: str, checkpoints: tuple[Checkpoint, ...], head: Head | None
    ) -> Iterator[AuditRecord]:
        # Behind the head there is only what is being added, unless somebody moved the head back.
        last = max([head.seq if head else 0, *(one.seq for one in checkpoints)])
        current = self.head(tenant)
        end = last if current is not None and current.seq > last else None
        after = 0
        while rows := self._portion(tenant, after, end):
            yield from map(_record, rows)
            after = rows[-1].seq

    def _portion(self, tenant: str, after: int, end: int | None) -> builtins.list[AuditRow]:
        rows = select(AuditRow).where(AuditRow.tenant == tenant, col(AuditRow.seq) > after)
        if end is not None:
            rows = rows.where(col(AuditRow.seq) <= end)
        with self._db.reading() as session:
            return list(session.exec(rows.order_by(col(AuditRow.seq)).limit(BATCH)))

    def checkpoint(self, tenant: str) -> Checkpoint | None:
        """Sign where the chain stands now; None for one that has not begun.

        Refused `audit.key` where this process has no key to sign with.
        """
        head = self.head(tenant)
        if head is None:
            return None
        if self._key is None:
            raise Refused("audit.key", "This process has no key to sign a checkpoint with.")
        made = signed(head, now(), self._key())
        with self._db.session() as session:
            is_new = insert_new(session, AuditCheckpointRow(**made.model_dump()))
            row = session.get_one(AuditCheckpointRow, {"tenant": tenant, "seq": head.seq})
            kept = Checkpoint.model_validate(row.model_dump())
        if is_new:
            # What `audit verify --checkpoint` reads, wherever lines are kept.
            log.info("%s", kept.model_dump_json())
        return kept

    def due(self, tenant: str) -> bool:
        """Whether enough was recorded, or enough time went by, for another checkpoint."""
        head = self.head(tenant)
        last = next(reversed(self.checkpoints(tenant)), None)
        if head is None or (last is not None and last.seq >= head.seq):
            return False
        return last is None or head.seq - last.seq >= EVERY or now() - last.at >= OFTEN

    def tenants(self) -> builtins.list[str]:
        """Every tenant that has a chain."""
        with self._db.reading() as session:
            return list(session.exec(select(AuditHeadRow.tenant).order_by(AuditHeadRow.tenant)))

    def remains(self) -> builtins.list[str]:
        """Every tenant of whose chain anything is left: its head, a checkpoint or a record."""
        found: set[str] = set()
        with self._db.reading() as session:
            for table in (AuditHeadRow, AuditCheckpointRow, AuditRow):
                last = ""
                while (name := session.exec(_behind(table, last)).one()) is not None:
                    found.add(name)
                    last = name
        return sorted(found)


def _behind(table: type[TenantRow], last: str) -> Any:
    # The least that is greater is one look into an index, where DISTINCT reads all of it.
    return select(func.min(table.tenant)).where(col(table.tenant) > last)


def _line(what: str, one: BaseModel) -> str:
    return json.dumps({what: one.model_dump(mode="json")}, ensure_ascii=False) + "\n"


def _record(row: AuditRow) -> AuditRecord:
    """The record of a row; of one that was made unreadable, a record that no hash fits."""
    fields: dict[str, Any] = row.model_dump()
    kind, id, about = (fields.pop(name) for name in ("actor_kind", "actor", "subject_type"))
    told = {"actor": {"kind": kind, "id": id}, "subject": {"type": about, "id": fields["subject"]}}
    try:
        return AuditRecord.model_validate({**fields, **told})
    except ValidationError:
        return unreadable(row.tenant, row.seq)


def unreadable(tenant: str, seq: int) -> AuditRecord:
    """A record in the place of one that cannot be read; verification calls it changed."""
    entry = Entry(actor=Actor(id="", kind="platform"), action="", subject=Subject(type="", id=""))
    blank = AuditRecord.of(
        entry, tenant=tenant, seq=seq, at=datetime.fromtimestamp(0, UTC), prev=""
    )
    return blank.model_copy(update={"hash": "unreadable"})
