"""What environments run and ran: deployed by whom on what ground, promoted, taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from public_works.database import Database, serialise
from public_works.definitions import Deployment
from public_works.glass import break_glass
from public_works.record import Record, now
from public_works.reviews import Identify, said, signatory
from public_works.standings import (
    TAKEN_BACK,
    last_ran,
    newest_review,
    put_running,
    required,
    stage_of,
    standing_of,
    version_row,
)
from public_works.tables import (
    BrokenGlassRow,
    DeploymentRow,
    RanRow,
    ReviewRow,
    SignatureRow,
    SolutionRow,
    VersionRow,
)
from smart_city.lifecycle import Candidate, Ground, Ran, Rules, Signatory, before, cleared, upwards
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["Back", "Deployments", "RanRecord", "Wanted"]


class RanRecord(Record):
    """A version that an environment ran from then on."""

    tenant: str
    solution: str
    environment: str
    n: int
    version: str
    act: Literal["deploy", "promote", "rollback"]
    ground: Ground
    by: str
    at: datetime
    why: str
    source: str | None
    review: str | None
    glass: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to run where, and how."""

    solution: str
    version: str
    environment: str
    source: str | None = None
    """The environment it is promoted from."""
    glass: str | None = None
    """Why it cannot wait for an approval."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """An environment that is to run what it ran before."""

    solution: str
    environment: str
    to: str | None = None
    """The version; None is the last one that may run."""
    running: str | None = None
    """What runs there, as far as whoever asks knows."""
    why: str = ""
    request: str | None = None
    """The same again changes nothing."""


class Deployments:
    """Deployments that were cleared, and their history by environment."""

    def __init__(self, db: Database, identify: Identify) -> None:
        self._db = db
        self._identify = identify

    def deploy(self, tenant: str, wanted: Wanted, by: Principal, rules: Rules) -> Deployment:
        """Make the version the one that the environment runs, if it may.

        Refused: solution.version-missing, solution.version-retired, lifecycle.not-approved,
        lifecycle.not-a-person, lifecycle.promote-first, lifecycle.order, lifecycle.never-ran.
        """
        with self._db.session() as session:
            serialise(session, "lifecycle", tenant, wanted.solution)
            row = required(session, tenant, wanted.solution, wanted.version)
            candidate = self._candidate(session, row, wanted.environment, by, rules)
            ground = cleared(candidate, glass=wanted.glass is not None)
            if ground != "broken-glass":
                _comes_from_below(session, row, wanted, rules)
            ran = _entry(row, wanted, by, ground)
            if ground == "broken-glass":
                known = _broken_already(session, row, wanted.environment)
                reason = wanted.glass or ""
                ran.glass = known or break_glass(session, row, wanted.environment, by, reason)
            if ground == "approved":
                review = newest_review(session, row)
                ran.review = review.id if review else None
            said(environment=wanted.environment, ground=ground, source=wanted.source)
            return _running(session, put_running(session, row, wanted.environment, by.id, ran))

    def rollback(self, tenant: str, back: Back, by: Principal) -> Deployment:
        """Let the environment run again what it ran before. Its approval still stands, unless
        somebody took it back.

        Refused: solution.missing, lifecycle.nothing-before, lifecycle.moved-on.
        """
        with self._db.session() as session:
            serialise(session, "lifecycle", tenant, back.solution)
            if session.get(SolutionRow, {"tenant": tenant, "name": back.solution}) is None:
                raise Refused("solution.missing", f"There is no solution {back.solution[:80]!r}.")
            key = {"tenant": tenant, "solution": back.solution, "environment": back.environment}
            runs = session.get(DeploymentRow, key)
            if runs is not None and _done_before(session, back, runs):
                return _running(session, runs)
            now_runs = runs.version if runs else None
            if back.running is not None and back.running != now_runs:
                message = f"{back.environment} runs {now_runs or 'nothing'}, not {back.running}."
                raise Refused("lifecycle.moved-on", message[:400])
            ran = _chosen(session, key, now_runs, back)
            row = required(session, tenant, back.solution, ran.version)
            entry = _again(ran, back, by)
            said(environment=back.environment, to=ran.version, running=now_runs)
            return _running(session, put_running(session, row, back.environment, by.id, entry))

    def history(
        self, tenant: str, solution: str, environment: str | None = None, limit: int = 200
    ) -> list[RanRecord]:
        """What environments ran, newest first."""
        rows = select(RanRow).where(RanRow.tenant == tenant, RanRow.solution == solution)
        if environment is not None:
            rows = rows.where(RanRow.environment == environment)
        order = (col(RanRow.at).desc(), col(RanRow.environment), col(RanRow.n).desc())
        with self._db.reading() as session:
            found = session.exec(rows.order_by(*order).limit(limit))
            return [RanRecord.model_validate(one) for one in found]

    def current(self, tenant: str, solution: str) -> list[Deployment]:
        """What each environment runs now, and on what ground."""
        with self._db.reading() as session:
            rows = session.exec(
                select(DeploymentRow)
                .where(DeploymentRow.tenant == tenant, DeploymentRow.solution == solution)
                .order_by(col(DeploymentRow.environment))
            ).all()
            return [_running(session, one) for one in rows]

    def _candidate(
        self, session: Session, row: VersionRow, environment: str, by: Principal, rules: Rules
    ) -> Candidate:
        standing, review = standing_of(session, row), newest_review(session, row)
        submitter = None
        if review is not None:
            submitter = Signatory(review.by, self._identify(row.tenant, review.by))
        return Candidate(
            name=f"{row.solution} {row.version}",
            standing=standing,
            environment=environment,
            by=signatory(self._identify, by),
            author=Signatory(row.author, self._identify(row.tenant, row.author)),
            submitter=submitter,
            approvals=_approvals(session, review),
            needed=rules.needed,
            lapsed=review is not None and review.state == "approved",
            submissions=review.n if review else 0,
            free=rules.free,
            owners=rules.owners,
        )


def _comes_from_below(session: Session, row: VersionRow, wanted: Wanted, rules: Rules) -> None:
    """Return if the version ran where it has to have run before."""
    order, target = rules.order, wanted.environment
    source = wanted.source
    if source is None:
        if target not in rules.promoted or target not in order or target == order[0]:
            return
        below = order[order.index(target) - 1]
        if not _ran_in(session, row, below):
            message = f"{target} takes what ran in {below} before, and {row.version} did not."
            raise Refused("lifecycle.promote-first", message)
        return
    upwards(order, source, target)
    if not _ran_in(session, row, source):
        message = f"{row.solution} {row.version} never ran in {source}: deploy it there first."
        raise Refused("lifecycle.never-ran", message)


def _ran_in(session: Session, row: VersionRow, environment: str) -> bool:
    found = session.exec(
        select(RanRow.n).where(
            RanRow.tenant == row.tenant,
            RanRow.solution == row.solution,
            RanRow.version == row.version,
            RanRow.environment == environment,
        )
    ).first()
    return found is not None


def _broken_already(session: Session, row: VersionRow, environment: str) -> str | None:
    """The glass under which the version runs there and that nobody has looked at."""
    key = {"tenant": row.tenant, "solution": row.solution, "environment": environment}
    runs, last = session.get(DeploymentRow, key), last_ran(session, **key)
    if runs is None or runs.version != row.version or last is None or last.glass is None:
        return None
    glass = session.get(BrokenGlassRow, {"tenant": row.tenant, "id": last.glass})
    return last.glass if glass is not None and glass.verdict is None else None


def _entry(row: VersionRow, wanted: Wanted, by: Principal, ground: Ground) -> RanRow:
    return RanRow(
        tenant=row.tenant,
        solution=row.solution,
        environment=wanted.environment,
        n=0,
        version=row.version,
        act="promote" if wanted.source else "deploy",
        ground=ground,
        by=by.id,
        at=now(),
        why=wanted.glass or wanted.why,
        source=wanted.source,
    )


def _again(ran: RanRow, back: Back, by: Principal) -> RanRow:
    kept = {"tenant", "solution", "environment", "version", "ground", "review", "glass"}
    return RanRow(
        **ran.model_dump(include=kept),
        n=0,
        act="rollback",
        by=by.id,
        at=now(),
        why=back.why,
        request=back.request,
    )


def _done_before(session: Session, back: Back, runs: DeploymentRow) -> bool:
    """Whether this very rollback is what the environment runs by."""
    if back.request is None:
        return False
    last = last_ran(session, runs.tenant, runs.solution, runs.environment)
    return last is not None and last.act == "rollback" and last.request == back.request


def _chosen(session: Session, key: dict[str, str], runs: str | None, back: Back) -> RanRow:
    """The entry of the history that the environment goes back to."""
    rows = session.exec(
        select(RanRow)
        .where(
            RanRow.tenant == key["tenant"],
            RanRow.solution == key["solution"],
            RanRow.environment == key["environment"],
        )
        .order_by(col(RanRow.n))
    ).all()
    latest = {one.version: one for one in rows}
    earlier = before((Ran(one.version, one.act == "rollback") for one in rows), runs)
    wanted = [one for one in earlier if back.to in (None, one)]
    for version in wanted:
        if _stands(session, latest[version]):
            return latest[version]
    if back.to is not None and back.to in latest and back.to not in earlier:
        message = f"{back.to} did not run in {back.environment} before {runs or 'now'}."
    elif wanted:
        message = f"What ran in {back.environment} before may not run again: {', '.join(wanted)}."
    else:
        message = f"Nothing ran in {back.environment} before {runs or 'now'}."
    raise Refused("lifecycle.nothing-before", message[:400])


def _stands(session: Session, ran: RanRow) -> bool:
    """Whether what the version ran on still holds."""
    row = version_row(session, ran.tenant, ran.solution, ran.version)
    if row is None or row.retired:
        return False
    if ran.ground == "free" or stage_of(newest_review(session, row), now()) == "approved":
        return True
    if _taken_back(session, row, ran.at):
        return False
    if ran.glass is not None:
        glass = session.get(BrokenGlassRow, {"tenant": ran.tenant, "id": ran.glass})
        return glass is not None and glass.verdict == "upheld"
    if ran.ground == "approved":
        review = session.get(ReviewRow, {"tenant": ran.tenant, "id": ran.review})
        return review is not None and review.state == "approved"
    return True


def _taken_back(session: Session, row: VersionRow, since: datetime) -> bool:
    """Whether somebody sent the version back, or took it back, after that."""
    found = session.exec(
        select(ReviewRow.id).where(
            ReviewRow.tenant == row.tenant,
            ReviewRow.solution == row.solution,
            ReviewRow.version == row.version,
            col(ReviewRow.state).in_(TAKEN_BACK),
            col(ReviewRow.decided) > since,
        )
    ).first()
    return found is not None


def _approvals(session: Session, review: ReviewRow | None) -> int:
    if review is None or review.state != "open":
        return 0
    mine = (SignatureRow.tenant == review.tenant, SignatureRow.review == review.id)
    return len(session.exec(select(SignatureRow.person).where(*mine)).all())


def _running(session: Session, row: DeploymentRow) -> Deployment:
    session.flush()
    last = last_ran(session, row.tenant, row.solution, row.environment)
    found = row.model_dump()
    if last is not None and last.version == row.version:
        found |= last.model_dump(include={"ground", "act", "source", "glass", "why"})
    return Deployment.model_validate(found)
