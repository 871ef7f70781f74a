"""What policy decided, kept as it was decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from public_works.database import Database
from public_works.facts import keep
from public_works.record import Record
from public_works.tables import DecisionRow, FactRow
from symphainy.json import Json

__all__ = ["DecisionRecord", "Decisions", "Made"]


class DecisionRecord(Record):
    """One decision: where it was made, what came out, which policy of which layer said so."""

    tenant: str
    id: str
    run: str
    step: str
    point: str
    outcome: str
    policy: str | None
    layer: str | None
    reason: str | None
    bundle: str
    facts_digest: str
    at: datetime
    details: Json


class Made(Record):
    """A decision with what it was made on."""

    id: str
    run: str
    step: str
    outcome: str
    masked: bool
    """Whether it was allowed once something was masked."""
    policy: str | None
    layer: str | None
    solution: str
    plan: str
    policies: dict[str, str]
    evidence: dict[str, Any]
    at: datetime


class Decisions:
    """The register of decisions; it only grows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(
        self,
        tenant: str,
        *,
        id: str,
        run: str,
        step: str,
        point: str,
        outcome: str,
        policy: str | None,
        layer: str | None,
        reason: str | None,
        bundle: str,
        facts_digest: str,
        at: datetime,
        details: Json = None,
        evidence: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a decision, and what it was made on as `smart_city.evidence` has it; the same `id`
        again changes nothing."""
        decision = {
            "id": id,
            "run": run,
            "step": step,
            "point": point,
            "outcome": outcome,
            "policy": policy,
            "layer": layer,
            "reason": reason,
            "bundle": bundle,
            "facts_digest": facts_digest,
            "at": at,
            "details": details,
            "evidence": evidence,
        }
        with self._db.writing() as connection:
            keep(connection, tenant, decision)

    def made(
        self,
        tenant: str,
        since: datetime,
        *,
        solution: str | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 1_000,
    ) -> list[Made]:
        """Decisions since then of which it is still known what they were made on, the first
        first; `after` is the moment and the id of the last one before."""
        wanted = (
            select(DecisionRow, FactRow)
            .where(col(FactRow.tenant) == tenant, col(FactRow.at) >= since)
            .where(DecisionRow.tenant == FactRow.tenant, DecisionRow.id == FactRow.id)
            .order_by(col(FactRow.at), col(FactRow.id))
            .limit(limit)
        )
        if solution is not None:
            wanted = wanted.where(FactRow.solution == solution)
        if after is not None:
            at, id = after
            later = (col(FactRow.at) == at) & (col(FactRow.id) > id)
            wanted = wanted.where((col(FactRow.at) > at) | later)
        with self._db.reading() as session:
            return [_made(one, facts) for one, facts in session.exec(wanted)]

    def forget(self, before: datetime, of: tuple[str, str] | None = None) -> int:
        """Let go of what decisions before then were made on, of every tenant or of one solution
        of one tenant; how many."""
        old = delete(FactRow).where(col(FactRow.at) < before)
        if of is not None:
            old = old.where(col(FactRow.tenant) == of[0], col(FactRow.solution) == of[1])
        with self._db.session() as session:
            return int(session.exec(old).rowcount)

    def list(self, tenant: str, run: str) -> list[DecisionRecord]:
        """Every decision of a run, by the moment it was made."""
        with self._db.reading() as session:
            rows = session.exec(
                select(DecisionRow)
                .where(DecisionRow.tenant == tenant, DecisionRow.run == run)
                .order_by(col(DecisionRow.at), col(DecisionRow.id))
            )
            return [DecisionRecord.model_validate(row) for row in rows]


def _made(one: DecisionRow, facts: FactRow) -> Made:
    return Made(
        id=one.id,
        run=one.run,
        step=one.step,
        outcome=one.outcome,
        masked=isinstance(one.details, dict) and bool(one.details.get("masked")),
        policy=one.policy,
        layer=one.layer,
        solution=facts.solution,
        plan=facts.plan,
        policies=facts.policies,
        evidence={"step": facts.step, "facts": facts.facts},
        at=one.at,
    )
