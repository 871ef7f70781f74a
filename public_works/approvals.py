"""Approvals that steps wait for, and what people decided."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, or_, select

from public_works.audit import append
from public_works.audit.stores import PLATFORM
from public_works.database import Database, insert_new
from public_works.events.log import tell
from public_works.record import Record, now, page
from public_works.tables import ApprovalRow
from smart_city.audit import Entry, Subject
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
        return self.state == "pending" and not _late(self)


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
        """That approval, or None; one that nobody answered in time has expired, whether or not
        anybody has noticed."""
        with self._db.reading() as session:
            row = session.get(ApprovalRow, {"tenant": tenant, "id": id})
            found = ApprovalRecord.model_validate(row) if row else None
        if found is None or found.state != "pending" or found.open:
            return found
        return found.model_copy(update={"state": "expired"})

    def pending(
        self, tenant: str, after: str | None = None, limit: int = 50
    ) -> list[ApprovalRecord]:
        """What waits for an answer that still counts, oldest first, behind the approval `after`."""
        waiting = select(ApprovalRow).where(
            ApprovalRow.tenant == tenant,
            ApprovalRow.state == "pending",
            or_(col(ApprovalRow.expires).is_(None), col(ApprovalRow.expires) > now()),
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
        taken: bool = False,
    ) -> ApprovalRecord:
        """Answer; the same answer again changes nothing, who answered first stays on record. What
        the run has `taken` is kept although it is late by the clock here.

        Raises Refused: `approval.missing`, `approval.decided` when it was answered the other
        way, `approval.expired`.
        """
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if row.state == outcome:
                return ApprovalRecord.model_validate(row)
            if not (taken and row.state in ("pending", "expired")):
                _open(row)
            row.state, row.by, row.note, row.decided = outcome, by, note, now()
            _told(session, row, outcome)
            return ApprovalRecord.model_validate(row)

    def expire(self, tenant: str, id: str) -> ApprovalRecord:
        """Close it unanswered; one that was answered stays as it is. The audit log has it.

        Raises Refused("approval.missing").
        """
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if row.state == "pending":
                row.state, row.decided = "expired", now()
                _told(session, row, "expired")
                append(session, tenant, _ended(row))
            return ApprovalRecord.model_validate(row)

    def close(self, tenant: str, run: str, ended: datetime) -> int:
        """End the questions of a run that ended then, but none of a later run of the same name;
        how many."""
        with self._db.reading() as session:
            ids = session.exec(
                select(ApprovalRow.id).where(
                    ApprovalRow.tenant == tenant,
                    ApprovalRow.state == "pending",
                    ApprovalRow.run == run,
                    col(ApprovalRow.created) <= ended,
                )
            ).all()
        return sum(self.expire(tenant, id).state == "expired" for id in ids)

    def late(self, moment: datetime, limit: int = 500) -> list[tuple[str, str]]:
        """Tenants and ids of what nobody answered in time and nobody has closed, oldest first."""
        with self._db.reading() as session:
            rows = session.exec(
                select(ApprovalRow.tenant, ApprovalRow.id)
                .where(ApprovalRow.state == "pending", col(ApprovalRow.expires) <= moment)
                .order_by(col(ApprovalRow.expires))
                .limit(limit)
            )
            return [(tenant, id) for tenant, id in rows]


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
    if row.state == "expired" or (row.state == "pending" and _late(row)):
        raise Refused("approval.expired", "The approval has expired; the step must ask again.")
    if row.state != "pending":
        raise Refused("approval.decided", f"The approval was {row.state} by {row.by}.")


def _late(one: ApprovalRow | ApprovalRecord) -> bool:
    return one.expires is not None and one.expires <= now()


def _ended(row: ApprovalRow) -> Entry:
    return Entry(
        actor=PLATFORM,
        action="approval.expired",
        subject=Subject(type="approval", id=row.id),
        details={"run": row.run, "step": row.step, "policy": row.policy},
    )


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
