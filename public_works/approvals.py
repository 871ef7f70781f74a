"""Approvals that steps wait for, and what people decided."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session, select

from public_works.database import Database, insert_new
from public_works.events.log import tell
from public_works.record import Record, now, page
from public_works.tables import ApprovalRow
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["ApprovalRecord", "Approvals"]


class ApprovalRecord(Record):
    """A question to the holders of a role, and its answer."""

    tenant: str
    id: str
    run: str
    workflow_id: str
    solution: str
    step: str
    policy: str
    role: str
    reason: str | None
    initiator: str
    """Who answers for the run: of an agent, its user."""
    expires: datetime | None
    created: datetime
    state: Literal["pending", "approved", "rejected", "expired"]
    by: str | None
    note: str | None
    decided: datetime | None

    @property
    def open(self) -> bool:
        """Whether an answer still counts."""
        late = self.expires is not None and self.expires <= now()
        return self.state == "pending" and not late


class Approvals:
    """The register of approvals. Who may decide is decided by policy, not here."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def request(
        self,
        tenant: str,
        *,
        id: str,
        run: str,
        workflow_id: str,
        solution: str,
        step: str,
        policy: str,
        role: str,
        reason: str | None,
        initiator: str,
        expires: datetime | None,
    ) -> ApprovalRecord:
        """Ask; the same `id` again changes nothing and tells how it stands."""
        row = ApprovalRow(
            tenant=tenant,
            id=id,
            run=run,
            workflow_id=workflow_id,
            solution=solution,
            step=step,
            policy=policy,
            role=role,
            reason=reason,
            initiator=initiator,
            expires=expires,
            created=now(),
            state="pending",
            by=None,
            note=None,
            decided=None,
        )
        with self._db.session() as session:
            if insert_new(session, row):
                _told(session, row, "waiting")
            return ApprovalRecord.model_validate(_locked(session, tenant, id))

    def get(self, tenant: str, id: str) -> ApprovalRecord | None:
        """That approval, or None."""
        with self._db.reading() as session:
            row = session.get(ApprovalRow, {"tenant": tenant, "id": id})
            return ApprovalRecord.model_validate(row) if row else None

    def pending(
        self, tenant: str, after: str | None = None, limit: int = 50
    ) -> list[ApprovalRecord]:
        """What waits for an answer, oldest first, behind the approval `after`."""
        waiting = select(ApprovalRow).where(
            ApprovalRow.tenant == tenant, ApprovalRow.state == "pending"
        )
        with self._db.reading() as session:
            rows = page(
                session, waiting, ApprovalRow, tenant, after=after, limit=limit, newest=False
            )
            return [ApprovalRecord.model_validate(row) for row in rows]

    def decide(
        self,
        tenant: str,
        id: str,
        *,
        outcome: Literal["approved", "rejected"],
        by: str,
        note: str | None = None,
    ) -> ApprovalRecord:
        """Answer; the same answer again changes nothing, who answered first stays on record.

        Raises Refused: `approval.missing`, `approval.decided` when it was answered the other
        way, `approval.expired`.
        """
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if row.state == outcome:
                return ApprovalRecord.model_validate(row)
            _open(row)
            row.state, row.by, row.note, row.decided = outcome, by, note, now()
            _told(session, row, outcome)
            return ApprovalRecord.model_validate(row)

    def expire(self, tenant: str, id: str) -> ApprovalRecord:
        """Close it unanswered; one that was answered stays as it is.

        Raises Refused("approval.missing").
        """
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if row.state == "pending":
                row.state, row.decided = "expired", now()
                _told(session, row, "expired")
            return ApprovalRecord.model_validate(row)


def _locked(session: Session, tenant: str, id: str) -> ApprovalRow:
    row = session.exec(
        select(ApprovalRow)
        .where(ApprovalRow.tenant == tenant, ApprovalRow.id == id)
        .with_for_update()
    ).first()
    if row is None:
        raise Refused("approval.missing", f"There is no approval {id[:80]!r}.")
    return row


def _open(row: ApprovalRow) -> None:
    late = row.expires is not None and row.expires <= now()
    if row.state == "expired" or (row.state == "pending" and late):
        raise Refused("approval.expired", "The approval has expired; the step must ask again.")
    if row.state != "pending":
        raise Refused("approval.decided", f"The approval was {row.state} by {row.by}.")


def _told(session: Session, row: ApprovalRow, what: str) -> None:
    """Have it told; what somebody wrote with an answer stays here."""
    session.flush()
    data: dict[str, Json] = {
        "approval": row.id,
        "run": row.run,
        "solution": row.solution,
        "step": row.step,
        "role": row.role,
        "expires": row.expires.isoformat() if row.expires else None,
        "by": row.by,
    }
    # Outside production the workflow id ends in `@` and the environment.
    environment = row.workflow_id.rpartition("/")[2].partition("@")[2] or "production"
    tell(
        session,
        row.tenant,
        f"approval.{what}",
        environment=environment,
        subject=row.run,
        data={name: one for name, one in data.items() if one is not None},
    )
