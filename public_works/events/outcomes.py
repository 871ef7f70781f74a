"""What became of deliveries, told to endpoints that ask for it by type.

Deliveries are many, so nothing is told where nobody asks, and nothing while they are made: what was
written down since is looked through afterwards, and told under ids of its own, so once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, select

from public_works.database import Database
from public_works.events.log import tell
from public_works.events.marks import Marks
from public_works.events.severally import severally
from public_works.record import now
from public_works.tables import AttemptRow, DeliveryRow, EventRow, WebhookRow
from symphainy.event import DELIVERY, PLATFORM, delivery_type
from symphainy.json import Json

__all__ = ["Outcomes"]

OVERLAP = timedelta(minutes=1)
"""What was written down a little later than its moment says is looked for again."""
SPAN = timedelta(hours=1)
"""Of what was written down long ago, this much is looked through at once."""
TOGETHER = 100
REMEMBERED = 50_000


class Outcome(NamedTuple):
    """An attempt that ended, or a receipt."""

    id: str
    type: str
    at: datetime
    delivery: DeliveryRow
    code: str | None = None
    attempt: int | None = None


class Outcomes:
    """Looks at attempts that ended and at receipts since it looked the last time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._marks = Marks(db)
        self._known: dict[tuple[str, str], None] = {}

    def tell(self) -> int:
        """Tell what is new of every tenant with an endpoint that asks for it; how much that was."""
        return severally(sorted(self._asking().items()), lambda one: self._of(*one))

    def _asking(self) -> dict[str, datetime]:
        """Tenants with an endpoint that asks for it, and since when there is one."""
        keen = select(WebhookRow.tenant, WebhookRow.types, WebhookRow.created).where(
            col(WebhookRow.types).is_not(None), col(WebhookRow.enabled).is_(True)
        )
        with self._db.reading() as session:
            found = [*session.exec(keen)]
        # `*` is not asking: an endpoint for everything is not flooded with what is new here.
        asking: dict[str, datetime] = {}
        for tenant, types, created in found:
            if any(one.startswith(DELIVERY) for one in types or ()):
                asking[tenant] = min(created, asking.get(tenant, created))
        return asking

    def _of(self, tenant: str, first: datetime) -> int:
        name, moment = f"deliveries.{tenant}", now()
        # Where nobody asked for a while, what was then is nobody's.
        since = max(self._marks.get(name, moment), first)
        begin, behind = max(since - OVERLAP, first), since + SPAN < moment
        until = since + SPAN if behind else moment
        fresh = [
            one
            for one in self._since(tenant, begin, until if behind else None)
            if one.at >= begin and (tenant, one.id) not in self._known
        ]
        fresh.sort(key=lambda one: one.at)
        told = 0
        for start in range(0, len(fresh), TOGETHER):
            told += self._told(tenant, fresh[start : start + TOGETHER])
        for one in fresh:
            self._known[tenant, one.id] = None
        while len(self._known) > REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._marks.move(name, until)
        return told

    def _since(self, tenant: str, since: datetime, until: datetime | None) -> Iterator[Outcome]:
        same = (col(DeliveryRow.tenant) == tenant,)
        ended = (
            select(AttemptRow, DeliveryRow)
            .where(*same, AttemptRow.tenant == tenant, DeliveryRow.id == AttemptRow.delivery)
            .where(col(AttemptRow.ended) >= since)
        )
        heard = (
            select(EventRow, DeliveryRow)
            .where(*same, EventRow.tenant == tenant, DeliveryRow.id == EventRow.delivery)
            .where(EventRow.recorded >= since)
        )
        if until is not None:
            ended = ended.where(col(AttemptRow.ended) <= until)
            heard = heard.where(EventRow.recorded <= until)
        with self._db.reading() as session:
            for attempt, delivery in session.exec(ended):
                id = f"delivery.{delivery.id}.{attempt.n}.{attempt.outcome}"
                type_, at = delivery_type(attempt.outcome or "unknown"), attempt.ended or now()
                yield Outcome(id, type_, at, delivery, attempt.code, attempt.n)
            for receipt, delivery in session.exec(heard):
                id, type_ = f"delivery.{receipt.dedupe}", delivery_type(receipt.event)
                yield Outcome(id, type_, receipt.recorded, delivery)

    def _told(self, tenant: str, some: list[Outcome]) -> int:
        with self._db.session() as session:
            return sum(
                tell(
                    session,
                    tenant,
                    one.type.removeprefix(PLATFORM).removesuffix(".v1"),
                    environment=one.delivery.environment or "production",
                    subject=one.delivery.id,
                    data=_said(one),
                    id=one.id,
                    outward=True,
                )
                for one in some
            )


def _said(one: Outcome) -> dict[str, Json]:
    """Which delivery, and nothing of whom it was for or what it said."""
    row = one.delivery
    said: dict[str, Json] = {
        "delivery": row.id,
        "run": row.run,
        "solution": row.solution,
        "step": row.step,
        "experience": row.binding,
        "channel": row.channel,
        "provider": row.provider,
        "attempt": one.attempt,
        "code": one.code,
        "at": one.at.isoformat().replace("+00:00", "Z"),
    }
    return {name: value for name, value in said.items() if value is not None}
