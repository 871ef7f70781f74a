"""What policy decided, kept as it was decided."""

from datetime import datetime

from sqlmodel import col, select

from public_works.audit.stores import stopped
from public_works.database import Database, insert_new
from public_works.record import Record
from public_works.tables import DecisionRow
from symphainy.json import Json

__all__ = ["DecisionRecord", "Decisions"]


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
    ) -> None:
        """Keep a decision; the same `id` again changes nothing."""
        row = DecisionRow(
            tenant=tenant,
            id=id,
            run=run,
            step=step,
            point=point,
            outcome=outcome,
            policy=policy,
            layer=layer,
            reason=reason,
            bundle=bundle,
            facts_digest=facts_digest,
            at=at,
            details=details,
        )
        with self._db.session() as session:
            if insert_new(session, row):
                stopped(session, row.model_dump())

    def list(self, tenant: str, run: str) -> list[DecisionRecord]:
        """Every decision of a run, in the order it was made."""
        with self._db.reading() as session:
            rows = session.exec(
                select(DecisionRow)
                .where(DecisionRow.tenant == tenant, DecisionRow.run == run)
                .order_by(col(DecisionRow.at), col(DecisionRow.id))
            )
            return [DecisionRecord.model_validate(row) for row in rows]
