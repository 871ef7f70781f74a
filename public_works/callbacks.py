"""What is known of callbacks: which were believed, and when somebody was not."""

import builtins
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func
from sqlmodel import col, delete, select

from public_works.audit.stores import doubted
from public_works.database import Database, insert_new, serialise
from public_works.record import Record, now, page
from public_works.tables import CallbackRow, SecurityEventRow
from symphainy.json import digest

__all__ = ["Callbacks", "SecurityEvent", "SecurityKind"]

SecurityKind = Literal["callback.forged", "callback.replayed", "callback.unproven", "glass.broken"]
"""forged: it is not the provider's. replayed: it was, long ago. unproven: there is no secret to
check it with. glass.broken: a version runs without the approval it takes."""

TOGETHER = timedelta(hours=1)
MOST = 200
"""Of one tenant in one hour; whoever floods the platform does not fill its database."""
OTHERS = "…"


class SecurityEvent(Record):
    """Something that should not happen, as often as it did within an hour."""

    tenant: str
    id: str
    kind: SecurityKind
    adapter: str
    binding: str
    reason: str
    source: str | None
    at: datetime
    last: datetime
    times: int


class Callbacks:
    """Callbacks that were genuine, and security events about those that were not."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def seen(self, tenant: str, id: str, at: datetime) -> datetime:
        """When the genuine callback `id` came first: `at`, if it is new."""
        with self._db.session() as session:
            if insert_new(session, CallbackRow(tenant=tenant, id=id, at=at)):
                return at
            first = session.get_one(CallbackRow, {"tenant": tenant, "id": id})
            return first.at

    def doubted(
        self,
        tenant: str,
        kind: SecurityKind,
        *,
        adapter: str,
        binding: str,
        reason: str,
        source: str | None = None,
        at: datetime | None = None,
    ) -> SecurityEvent:
        """Keep that a callback was not believed; the same within the hour only counts."""
        moment = at or now()
        hour = moment.replace(minute=0, second=0, microsecond=0)
        with self._db.session() as session:
            serialise(session, "security", tenant)
            among = (SecurityEventRow.tenant == tenant, col(SecurityEventRow.at) >= hour)
            about = [kind, adapter, binding, source, hour.isoformat()]
            row = session.get(SecurityEventRow, {"tenant": tenant, "id": digest(about)})
            if row is None:
                many = session.exec(select(func.count()).where(*among)).one() >= MOST
                about = [kind, OTHERS, hour.isoformat()] if many else about
                key = {"tenant": tenant, "id": digest(about)}
                row = session.get(SecurityEventRow, key) or SecurityEventRow(
                    **key,
                    kind=kind,
                    adapter=OTHERS if many else adapter,
                    binding=OTHERS if many else binding,
                    reason=reason,
                    source=None if many else source,
                    at=moment,
                    last=moment,
                    times=0,
                )
            row.times, row.last, row.reason = row.times + 1, max(row.last, moment), reason
            session.add(row)
            if row.times == 1:
                doubted(session, tenant, row.id, kind, row.adapter)
            return SecurityEvent.model_validate(row)

    def events(
        self, tenant: str, *, kind: str | None = None, after: str | None = None, limit: int = 50
    ) -> builtins.list[SecurityEvent]:
        """Security events, newest first, behind the one of the id `after`."""
        rows = select(SecurityEventRow).where(SecurityEventRow.tenant == tenant)
        if kind is not None:
            rows = rows.where(SecurityEventRow.kind == kind)
        with self._db.reading() as session:
            found = page(
                session, rows, SecurityEventRow, tenant, after=after, limit=limit, moment="at"
            )
            return [SecurityEvent.model_validate(one) for one in found]

    def forget(self, before: datetime) -> int:
        """Let go of callbacks, of any tenant, that came before then; how many there were."""
        with self._db.session() as session:
            gone = session.exec(delete(CallbackRow).where(col(CallbackRow.at) < before))
            return int(gone.rowcount)
