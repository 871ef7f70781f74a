"""What solutions leave behind that policies of retention speak about."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, or_, union, update
from sqlmodel import col, select

from public_works.database import Database
from public_works.tables import (
    AnswerRow,
    AttemptRow,
    DeliveryRow,
    DeploymentRow,
    EventRow,
    FactRow,
    InboundRow,
    OutboxRow,
    PlanRow,
    SessionMessageRow,
    SessionRow,
    SpanRow,
    VersionRow,
)

__all__ = ["Retained", "Said"]

BATCH = 500
"""Runs that are named in one statement."""
MOST = 2_000
"""Runs that are looked for at once."""


class Said(NamedTuple):
    """What a version of a solution says for itself."""

    tenant: str
    solution: str
    policies: dict[str, Any]


class Retained:
    """Of every tenant: what is old goes, by what it is."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def solutions(self) -> Iterator[Said]:
        """What each version says that is deployed somewhere; of a solution of which none is, each
        version."""
        with self._db.reading() as session:
            versions = session.exec(
                select(VersionRow.tenant, VersionRow.solution, VersionRow.version, PlanRow.plan)
                .where(PlanRow.digest == VersionRow.plan_digest)
                .order_by(col(VersionRow.tenant), col(VersionRow.solution))
            ).all()
            rows = select(DeploymentRow.tenant, DeploymentRow.solution, DeploymentRow.version)
            deployed = {tuple(one) for one in session.exec(rows)}
        somewhere = {(tenant, solution) for tenant, solution, _ in deployed}
        for tenant, solution, version, plan in versions:
            if (tenant, solution) in somewhere and (tenant, solution, version) not in deployed:
                continue
            yield Said(tenant, solution, plan.get("policies", {}))

    def facts(self, tenant: str, solution: str, before: datetime) -> int:
        """Let go of what decisions were made on."""
        return self._gone(
            delete(FactRow).where(
                col(FactRow.tenant) == tenant,
                col(FactRow.solution) == solution,
                col(FactRow.at) < before,
            )
        )

    def outbox(self, tenant: str, solution: str, before: datetime) -> int:
        """Let go of the messages of the sandbox."""
        return self._gone(
            delete(OutboxRow).where(
                col(OutboxRow.tenant) == tenant,
                col(OutboxRow.run).startswith(f"{solution}:", autoescape=True),
                col(OutboxRow.at) < before,
            )
        )

    def transcripts(self, tenant: str, solution: str, before: datetime) -> int:
        """Let go of what was said in sessions that nothing happened in since."""
        old = select(SessionRow.id).where(
            SessionRow.tenant == tenant,
            SessionRow.solution == solution,
            col(SessionRow.changed) < before,
        )
        return self._gone(
            delete(SessionMessageRow).where(
                col(SessionMessageRow.tenant) == tenant, col(SessionMessageRow.session).in_(old)
            )
        )

    def left(self, tenant: str, solution: str, before: datetime, after: str = "") -> list[str]:
        """Runs, in the order of their names and after that one, of which there is something beside
        their histories that is older than that."""
        every = union(*_old(tenant, solution, before)).subquery()
        wanted = select(every.c.run).where(every.c.run > after).order_by(every.c.run).limit(MOST)
        with self._db.reading() as session:
            return list(session.exec(wanted))

    def runs(self, tenant: str, runs: Collection[str]) -> int:
        """Let go of what these runs left beside their histories: what they answered over the
        API, their traces, what people wrote to them, and what providers told and gave."""
        wanted, count = sorted(runs), 0
        for n in range(0, len(wanted), BATCH):
            with self._db.session() as session:
                for one in _beside(tenant, wanted[n : n + BATCH]):
                    count += int(session.connection().execute(one).rowcount)
        return count

    def _gone(self, statement: Any) -> int:
        with self._db.session() as session:
            return int(session.exec(statement).rowcount)


def _old(tenant: str, solution: str, before: datetime) -> Iterator[Any]:
    named = f"{solution}:"
    for row, moment, until in (
        (AnswerRow, AnswerRow.created, before),
        (SpanRow, SpanRow.ended, int(before.timestamp() * 1_000_000_000)),
    ):
        yield select(col(row.run).label("run")).where(
            col(row.tenant) == tenant,
            col(row.run).startswith(named, autoescape=True),
            col(moment) < until,
        )
    mine: Any = (
        select(col(DeliveryRow.run).label("run"))
        .where(DeliveryRow.tenant == tenant, DeliveryRow.solution == solution)
        .distinct()
    )
    yield mine.where(col(DeliveryRow.gave).is_not(None), col(DeliveryRow.updated) < before)
    yield mine.join(InboundRow, _of(InboundRow)).where(col(InboundRow.at) < before)
    yield mine.join(AttemptRow, _of(AttemptRow)).where(
        col(AttemptRow.detail).is_not(None), col(AttemptRow.started) < before
    )
    yield mine.join(EventRow, _of(EventRow)).where(_says(), col(EventRow.recorded) < before)


def _of(row: type[InboundRow | AttemptRow | EventRow]) -> Any:
    return and_(
        col(row.tenant) == col(DeliveryRow.tenant), col(row.delivery) == col(DeliveryRow.id)
    )


def _says() -> Any:
    return or_(col(EventRow.data).is_not(None), col(EventRow.detail).is_not(None))


def _beside(tenant: str, runs: list[str]) -> Iterator[Any]:
    mine = select(DeliveryRow.id).where(
        DeliveryRow.tenant == tenant, col(DeliveryRow.run).in_(runs)
    )
    for row in (AnswerRow, SpanRow):
        yield delete(row).where(col(row.tenant) == tenant, col(row.run).in_(runs))
    yield delete(InboundRow).where(
        col(InboundRow.tenant) == tenant, col(InboundRow.delivery).in_(mine)
    )
    # That it was sent, and what became of it, stays.
    yield (
        update(EventRow)
        .where(col(EventRow.tenant) == tenant, col(EventRow.delivery).in_(mine), _says())
        .values(data=None, detail=None)
    )
    yield (
        update(AttemptRow)
        .where(col(AttemptRow.tenant) == tenant, col(AttemptRow.delivery).in_(mine))
        .where(col(AttemptRow.detail).is_not(None))
        .values(detail=None)
    )
    yield (
        update(DeliveryRow)
        .where(col(DeliveryRow.tenant) == tenant, col(DeliveryRow.run).in_(runs))
        .where(col(DeliveryRow.gave).is_not(None))
        .values(gave=None)
    )
