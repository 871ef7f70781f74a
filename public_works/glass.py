"""Broken glass: versions deployed past the approval they take, until somebody else has looked."""

import logging
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlmodel import Session, col, select

from public_works.audit import append
from public_works.database import Database, serialise
from public_works.record import Record, now, page
from public_works.reviews import Identify, behind, said, signatory
from public_works.standings import required, told
from public_works.tables import BrokenGlassRow, SecurityEventRow, VersionRow
from smart_city.audit import Actor, Entry, Subject, named
from smart_city.lifecycle import Signatory, reviewable, somebody
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import digest

__all__ = ["BrokenGlass", "Glass", "break_glass"]

log = logging.getLogger("symphainy.alarm")

KIND = "glass.broken"


class BrokenGlass(Record):
    """A deployment past the approval it takes."""

    tenant: str
    id: str
    solution: str
    version: str
    plan: str
    environment: str
    by: str
    reason: str
    at: datetime
    verdict: Literal["upheld", "objected"] | None
    """None while nobody else has looked."""
    reviewer: str | None
    comment: str | None
    reviewed: datetime | None


class Glass:
    """The register of broken glass."""

    def __init__(self, db: Database, identify: Identify) -> None:
        self._db = db
        self._identify = identify

    def list(
        self, tenant: str, *, every: bool = False, after: str | None = None, limit: int = 50
    ) -> "list[BrokenGlass]":
        """What was broken and nobody else has looked at, newest first; with `every`, all of it."""
        rows = select(BrokenGlassRow).where(BrokenGlassRow.tenant == tenant)
        if not every:
            rows = rows.where(col(BrokenGlassRow.verdict).is_(None))
        with self._db.reading() as session:
            found = page(
                session, rows, BrokenGlassRow, tenant, after=after, limit=limit, moment="at"
            )
            return [BrokenGlass.model_validate(one) for one in found]

    def get(self, tenant: str, id: str) -> BrokenGlass | None:
        """What was broken under that id, or None."""
        with self._db.reading() as session:
            row = session.get(BrokenGlassRow, {"tenant": tenant, "id": id})
            return BrokenGlass.model_validate(row) if row else None

    def review(
        self, tenant: str, id: str, by: Principal, *, upheld: bool, comment: str = ""
    ) -> BrokenGlass:
        """What `by`, who is somebody else, says of it; the first word stands.

        Refused: lifecycle.glass-missing, lifecycle.not-a-person, lifecycle.own-work,
        lifecycle.glass-reviewed for another word than the first.
        """
        verdict = "upheld" if upheld else "objected"
        with self._db.session() as session:
            serialise(session, "glass", tenant)
            row = session.get(BrokenGlassRow, {"tenant": tenant, "id": id})
            if row is None:
                raise Refused("lifecycle.glass-missing", f"No glass was broken as {id[:80]!r}.")
            self._another(session, row, signatory(self._identify, by))
            if row.verdict is not None and (row.verdict, row.reviewer) != (verdict, by.id):
                message = f"{row.reviewer} has looked already: {row.verdict}."
                raise Refused("lifecycle.glass-reviewed", message)
            said(verdict=verdict, version=named(f"{row.solution}@{row.version}"))
            if row.verdict is None:
                row.verdict, row.reviewer, row.comment = verdict, by.id, comment
                row.reviewed = now()
                session.add(row)
            return BrokenGlass.model_validate(row)

    def _another(self, session: Session, row: BrokenGlassRow, by: Signatory) -> None:
        reviewable(by)
        version = required(session, row.tenant, row.solution, row.version)
        author = behind(self._identify, row.tenant, version.author, version.behalf)
        broke = behind(self._identify, row.tenant, row.by, None)
        for one, did in ((broke, "broke the glass"), (author, "wrote this version")):
            if by.id == one.id or by.person == one.person:
                raise Refused(
                    "lifecycle.own-work",
                    f"{one.id} {did}; somebody else looks at it: {somebody('approve', (one.id,))}.",
                )


def break_glass(
    session: Session, row: VersionRow, environment: str, by: Principal, reason: str
) -> str:
    """The id under which it is kept that `by` deploys the version past its approval.

    The audit log has it, security events have it, and it is an alarm until somebody else has
    looked.
    """
    made = BrokenGlassRow(
        tenant=row.tenant,
        id=uuid4().hex,
        solution=row.solution,
        version=row.version,
        plan=row.plan_digest,
        environment=environment,
        by=by.id,
        reason=reason,
        at=now(),
    )
    session.add(made)
    name = f"{row.solution}@{row.version}"
    session.add(_event(made, name))
    # Before the audit log is written, as everywhere: two locks in one order.
    told(session, "version.glass-broken", row, environment, glass=made.id, by=by.id)
    details = {"environment": environment, "plan": row.plan_digest, "glass": made.id}
    entry = Entry(
        actor=Actor(id=named(by.id), kind=by.kind),
        action=KIND,
        subject=Subject(type="version", id=named(name)),
        details={**details, "reason": digest(reason)},
    )
    append(session, row.tenant, entry)
    log.warning("glass.broken %s %s in %s by %s", made.id, name, environment, by.id)
    return made.id


def _event(made: BrokenGlassRow, name: str) -> SecurityEventRow:
    return SecurityEventRow(
        tenant=made.tenant,
        id=made.id,
        kind=KIND,
        adapter="lifecycle",
        binding=named(made.environment),
        reason=f"{name} runs in {made.environment} without approval, by {made.by}",
        source=None,
        at=made.at,
        last=made.at,
        times=1,
    )
