"""How versions stand, read within a transaction, and what an environment runs from now on."""

from datetime import datetime

from sqlmodel import Session, col, select

from public_works.database import insert_new
from public_works.events.log import tell
from public_works.record import now
from public_works.tables import DeploymentRow, RanRow, ReviewRow, SolutionRow, VersionRow
from smart_city.lifecycle import SANDBOX, Stage, Standing
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = [
    "TAKEN_BACK",
    "environments_of",
    "last_ran",
    "newest_review",
    "put_running",
    "required",
    "stage_of",
    "standing_of",
    "told",
    "version_row",
]

TAKEN_BACK = ("rejected", "withdrawn")
"""States of a review that leave its version a draft."""


def version_row(session: Session, tenant: str, solution: str, version: str) -> VersionRow | None:
    """That version, or None."""
    return session.get(VersionRow, {"tenant": tenant, "solution": solution, "version": version})


def required(session: Session, tenant: str, solution: str, version: str) -> VersionRow:
    """That version. Refused `solution.version-missing`."""
    row = version_row(session, tenant, solution, version)
    if row is None:
        raise Refused("solution.version-missing", f"{solution} has no version {version[:80]!r}.")
    return row


def newest_review(session: Session, row: VersionRow) -> ReviewRow | None:
    """The review of the version that counts; None if it was never submitted."""
    return session.exec(
        select(ReviewRow)
        .where(
            ReviewRow.tenant == row.tenant,
            ReviewRow.solution == row.solution,
            ReviewRow.version == row.version,
        )
        .order_by(col(ReviewRow.n).desc())
        .limit(1)
    ).first()


def stage_of(review: ReviewRow | None, moment: datetime) -> Stage:
    """How far a review has come; one that expired is none."""
    if review is None or review.state in TAKEN_BACK or review.expires <= moment:
        return "draft"
    return "approved" if review.state == "approved" else "submitted"


def environments_of(session: Session, row: VersionRow) -> tuple[str, ...]:
    """The environments that run the version, by name."""
    rows = session.exec(
        select(DeploymentRow)
        .where(DeploymentRow.tenant == row.tenant, DeploymentRow.solution == row.solution)
        .order_by(col(DeploymentRow.environment))
    )
    return tuple(one.environment for one in rows if one.version == row.version)


def standing_of(session: Session, row: VersionRow, *, paused: bool | None = None) -> Standing:
    """How the version stands now; `paused` if somebody has looked already."""
    environments = frozenset(environments_of(session, row))
    stage: Stage = "draft"
    # What runs says so; whoever starts a run does not wait for its review to be looked up.
    if paused is None or not environments - {SANDBOX}:
        stage = stage_of(newest_review(session, row), now())
    if paused is None:
        solution = session.get(SolutionRow, {"tenant": row.tenant, "name": row.solution})
        paused = solution is not None and solution.paused
    return Standing(stage, environments, paused, row.retired)


def put_running(
    session: Session,
    row: VersionRow,
    environment: str,
    by: str,
    ran: RanRow | None = None,
) -> DeploymentRow:
    """Let `environment` run the version from now on, as `ran` tells of it.

    What ran there already has no second entry in the history, unless it stands on other ground.
    """
    key = {"tenant": row.tenant, "solution": row.solution, "environment": environment}
    before = session.get(DeploymentRow, key)
    same = before is not None and before.version == row.version
    moment = now()
    deployment = DeploymentRow(**key, version=row.version, by=by, at=moment)
    if not insert_new(session, deployment):
        deployment = session.merge(deployment)
    last = last_ran(session, **key)
    if same and last is not None and (ran is None or _ground(ran) == _ground(last)):
        return deployment
    entry = ran or RanRow(
        **key, n=0, version=row.version, act="deploy", ground="free", by=by, at=moment, why=""
    )
    entry.n, entry.at = (last.n if last else 0) + 1, moment
    session.add(entry)
    session.flush()
    told(session, "version.deployed", row, environment, act=entry.act, by=by)
    return deployment


def _ground(ran: RanRow) -> tuple[str, str | None, str | None]:
    return ran.ground, ran.review, ran.glass


def last_ran(session: Session, tenant: str, solution: str, environment: str) -> RanRow | None:
    """The newest entry of the history of an environment."""
    return session.exec(
        select(RanRow)
        .where(
            RanRow.tenant == tenant,
            RanRow.solution == solution,
            RanRow.environment == environment,
        )
        .order_by(col(RanRow.n).desc())
        .limit(1)
    ).first()


def told(
    session: Session, what: str, row: VersionRow | SolutionRow, environment: str, **more: Json
) -> None:
    """Have it told that this became of a version, or of a solution, in `environment`."""
    version = row.version if isinstance(row, VersionRow) else None
    solution = row.solution if isinstance(row, VersionRow) else row.name
    data: dict[str, Json] = {"solution": solution, **more}
    if version is not None:
        data["version"] = version
    tell(session, row.tenant, what, environment=environment, subject=solution, data=data)
