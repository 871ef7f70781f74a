"""What solutions leave behind that policies of retention speak about."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete
from sqlmodel import col, select

from public_works.database import Database
from public_works.tables import (
    DeploymentRow,
    FactRow,
    OutboxRow,
    PlanRow,
    SessionMessageRow,
    SessionRow,
    VersionRow,
)

__all__ = ["Retained", "Said"]


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

    def _gone(self, statement: Any) -> int:
        with self._db.session() as session:
            return int(session.exec(statement).rowcount)
