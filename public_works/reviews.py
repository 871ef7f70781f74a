"""Reviews of versions: what was laid before whom, who approved it, and what was said."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlmodel import Session, col, select

from public_works.audit import Act
from public_works.database import JOINING, Database, insert_new, serialise
from public_works.record import Record, now
from public_works.standings import TAKEN_BACK, newest_review, required, stage_of, standing_of
from public_works.tables import RemarkRow, ReviewRow, SignatureRow, VersionRow
from smart_city.audit import Detail
from smart_city.lifecycle import (
    Counted,
    Evidence,
    Given,
    Round,
    Rules,
    Signatory,
    approvable,
    moved,
    reviewable,
    withdrawable,
)
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import digest

__all__ = ["Identify", "Remark", "Review", "Reviews", "Signature", "behind", "said", "signatory"]

Identify = Callable[[str, str], str]
"""Who somebody of a tenant is, by whatever account."""


class Signature(Record):
    """The approval of one person."""

    by: str
    evidence: str
    """Digest of what it is bound to."""
    policies: str
    at: datetime


class Remark(Record):
    """Something said about a version."""

    id: str
    act: Literal["submit", "approve", "reject", "withdraw", "comment"]
    by: str
    text: str
    at: datetime
    task: str | None
    """The one it is about."""


class Review(Record):
    """A version laid before those who approve."""

    id: str
    solution: str
    version: str
    n: int
    state: Literal["open", "approved", "rejected", "withdrawn", "expired"]
    evidence: Evidence
    digest: str
    by: str
    note: str
    at: datetime
    decided: datetime | None
    expires: datetime
    approvals: tuple[Signature, ...] = ()


class Reviews:
    """The register of reviews; `identify` knows two accounts of one person."""

    def __init__(self, db: Database, identify: Identify) -> None:
        self._db = db
        self._identify = identify

    def submit(
        self,
        tenant: str,
        solution: str,
        version: str,
        by: Principal,
        *,
        evidence: Evidence,
        rules: Rules,
        note: str = "",
    ) -> Review:
        """Lay the version before those who approve. With other evidence than before the review
        begins anew; an approved version stays so.

        Refused: solution.version-missing, solution.version-retired.
        """
        with self._db.session() as session:
            row = _alone(session, tenant, solution, version)
            standing = standing_of(session, row)
            moved(standing, "submit")
            review, digest = newest_review(session, row), evidence.digest
            same = review is not None and review.digest == digest
            if (
                review is None
                or standing.stage == "draft"
                or not (same or standing.stage == "approved")
            ):
                review = _begun(row, review, by, evidence, note, rules.life)
                session.add(review)
                _remark(session, row, "submit", by, note)
            said(evidence=digest, plan=evidence.plan)
            return _review(session, review)

    def approve(
        self,
        tenant: str,
        solution: str,
        version: str,
        by: Principal,
        *,
        given: Given,
        policies: str,
        rules: Rules,
        comment: str = "",
    ) -> tuple[Review, Counted]:
        """The review with the approval of `by`; said a second time it changes nothing.

        Refused: solution.version-missing, solution.version-retired, lifecycle.not-submitted,
        lifecycle.not-a-person, lifecycle.own-work, lifecycle.other-digest.
        """
        with self._db.session() as session:
            row = _alone(session, tenant, solution, version)
            moved(standing_of(session, row), "approve")
            review = _reviewed(session, row)
            who = signatory(self._identify, by)
            worth = approvable(self._round(session, row, review), who, given, rules.needed)
            said(evidence=review.digest, plan=row.plan_digest, worth=worth)
            if worth != "again":
                insert_new(session, _signed(review, row, who, policies))
                _remark(session, row, "approve", by, comment)
            if worth == "last":
                review.state, review.decided = "approved", now()
                review.expires = review.decided + rules.life
                session.add(review)
                session.flush()
            return _review(session, review), worth

    def reject(
        self, tenant: str, solution: str, version: str, by: Principal, reason: str
    ) -> Review:
        """The version is a draft again, and its author is told why; approvals are void.

        Refused: solution.version-missing, solution.version-retired, lifecycle.not-submitted,
        lifecycle.not-a-person.
        """
        with self._db.session() as session:
            row = _alone(session, tenant, solution, version)
            reviewable(signatory(self._identify, by))
            moved(standing_of(session, row), "reject")
            review = _reviewed(session, row)
            review.state, review.decided = "rejected", now()
            session.add(review)
            _remark(session, row, "reject", by, reason)
            said(evidence=review.digest)
            return _review(session, review)

    def withdraw(
        self, tenant: str, solution: str, version: str, by: Principal, reason: str = ""
    ) -> Review:
        """The version is a draft again, as whoever wrote or submitted it wants; approvals are
        void.

        Refused: solution.version-missing, solution.version-retired, lifecycle.not-submitted,
        lifecycle.not-yours.
        """
        with self._db.session() as session:
            row = _alone(session, tenant, solution, version)
            moved(standing_of(session, row), "withdraw")
            review = _reviewed(session, row)
            withdrawable(self._round(session, row, review), signatory(self._identify, by))
            review.state, review.decided = "withdrawn", now()
            session.add(review)
            _remark(session, row, "withdraw", by, reason)
            said(evidence=review.digest)
            return _review(session, review)

    def comment(
        self,
        tenant: str,
        solution: str,
        version: str,
        by: Principal,
        text: str,
        task: str | None = None,
        request: str | None = None,
    ) -> Remark:
        """Something said that decides nothing, of all of it or of one task. The same `request` of
        the same person again changes nothing, and answers what was said first.

        Refused: solution.version-missing.
        """
        with self._db.session() as session:
            row = _alone(session, tenant, solution, version)
            id = digest([tenant, solution, version, by.id, request]) if request else uuid4().hex
            made = session.get(RemarkRow, {"tenant": tenant, "id": id})
            if made is None:
                made = _remark(session, row, "comment", by, text, task, id)
            said(task=made.task)
            return Remark.model_validate(made)

    def newest(self, tenant: str, solution: str, version: str) -> Review | None:
        """The review that counts, or None."""
        with self._db.reading() as session:
            review = newest_review(session, required(session, tenant, solution, version))
            return _review(session, review) if review else None

    def waiting(self, tenant: str, limit: int = 200) -> list[Review]:
        """Reviews that wait for somebody to decide, the oldest first."""
        with self._db.reading() as session:
            rows = session.exec(
                select(ReviewRow)
                .where(
                    ReviewRow.tenant == tenant,
                    ReviewRow.state == "open",
                    col(ReviewRow.expires) > now(),
                )
                .order_by(col(ReviewRow.at), col(ReviewRow.id))
                .limit(limit)
            ).all()
            return [_review(session, one) for one in rows if _counts(session, one)]

    def remarks(self, tenant: str, solution: str, version: str) -> list[Remark]:
        """All that was said about a version, in order."""
        with self._db.reading() as session:
            rows = session.exec(
                select(RemarkRow)
                .where(
                    RemarkRow.tenant == tenant,
                    RemarkRow.solution == solution,
                    RemarkRow.version == version,
                )
                .order_by(col(RemarkRow.at), col(RemarkRow.id))
            )
            return [Remark.model_validate(one) for one in rows]

    def _round(self, session: Session, row: VersionRow, review: ReviewRow) -> Round:
        return Round(
            stage=stage_of(review, now()),
            evidence=Evidence.model_validate(review.evidence),
            author=behind(self._identify, row.tenant, row.author, row.behalf),
            submitter=behind(self._identify, row.tenant, review.by, review.behalf),
            approvers=tuple(one.person for one in _signatures(session, review)),
        )


def signatory(identify: Identify, by: Principal) -> Signatory:
    """Who it is that acts."""
    return Signatory(by.id, identify(by.tenant, by.id), by.kind)


def behind(identify: Identify, tenant: str, id: str, behalf: str | None) -> Signatory:
    """Whoever acted as `id`, and which person that was: of an agent, the one it acted for."""
    return Signatory(id, identify(tenant, behalf or id))


def said(**details: Detail) -> None:
    """Have these details in the record of the act that is under way, if one is."""
    act = JOINING.get()
    if isinstance(act, Act) and not act.written:
        act.note(**details)


def _alone(session: Session, tenant: str, solution: str, version: str) -> VersionRow:
    serialise(session, "lifecycle", tenant, solution)
    return required(session, tenant, solution, version)


def _reviewed(session: Session, row: VersionRow) -> ReviewRow:
    review = newest_review(session, row)
    if review is None:
        raise Refused("lifecycle.not-submitted", f"{row.solution} {row.version} is a draft.")
    return review


def _counts(session: Session, review: ReviewRow) -> bool:
    row = required(session, review.tenant, review.solution, review.version)
    newest = newest_review(session, row)
    return not row.retired and newest is not None and newest.id == review.id


def _begun(
    row: VersionRow,
    before: ReviewRow | None,
    by: Principal,
    evidence: Evidence,
    note: str,
    life: timedelta,
) -> ReviewRow:
    moment = now()
    return ReviewRow(
        tenant=row.tenant,
        id=uuid4().hex,
        solution=row.solution,
        version=row.version,
        n=before.n + 1 if before else 1,
        evidence=evidence.model_dump(mode="json"),
        digest=evidence.digest,
        by=by.accountable,
        behalf=by.on_behalf_of,
        note=note,
        at=moment,
        state="open",
        decided=None,
        expires=moment + life,
    )


def _signed(review: ReviewRow, row: VersionRow, by: Signatory, policies: str) -> SignatureRow:
    return SignatureRow(
        tenant=row.tenant,
        review=review.id,
        person=by.person,
        by=by.id,
        plan=row.plan_digest,
        evidence=review.digest,
        policies=policies,
        at=now(),
    )


def _remark(
    session: Session,
    row: VersionRow,
    act: str,
    by: Principal,
    text: str,
    task: str | None = None,
    id: str | None = None,
) -> RemarkRow:
    made = RemarkRow(
        tenant=row.tenant,
        id=id or uuid4().hex,
        solution=row.solution,
        version=row.version,
        act=act,
        by=by.id,
        text=text,
        at=now(),
        task=task,
    )
    if text:
        session.add(made)
    return made


def _signatures(session: Session, review: ReviewRow) -> list[SignatureRow]:
    rows = session.exec(
        select(SignatureRow)
        .where(SignatureRow.tenant == review.tenant, SignatureRow.review == review.id)
        .order_by(col(SignatureRow.at), col(SignatureRow.person))
    )
    return list(rows)


def _review(session: Session, row: ReviewRow) -> Review:
    expired = row.state not in TAKEN_BACK and row.expires <= now()
    given = row.model_dump() | {
        "state": "expired" if expired else row.state,
        "approvals": tuple(Signature.model_validate(one) for one in _signatures(session, row)),
    }
    return Review.model_validate(given)
