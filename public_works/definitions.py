"""Solutions, their immutable versions, the plans these compile to, and what is deployed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, select

from public_works.database import Database, insert_new, serialise
from public_works.record import Record, now
from public_works.standings import put_running, required, standing_of, told, version_row
from public_works.tables import DeploymentRow, PlanRow, SolutionRow, VersionRow
from smart_city.lifecycle import Ground, Stage, State
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Definitions", "Deployment", "Registered", "SolutionRecord", "VersionRecord"]


class VersionRecord(Record):
    """One version of a solution: the text as written and the plan it compiles to."""

    tenant: str
    solution: str
    version: str
    digest: str
    plan_digest: str
    text: str
    media_type: str
    title: str
    state: State
    stage: Stage = "draft"
    """How far its review has come; only read where it is not deployed, or the version is asked
    for by itself."""
    author: str
    created: datetime
    environments: tuple[str, ...]
    findings: tuple[dict[str, Any], ...] = ()
    """What the check found when it was registered."""


class SolutionRecord(Record):
    """A solution with its latest version and what runs where (environment to version)."""

    tenant: str
    name: str
    title: str
    latest: str
    deployed: dict[str, str]
    paused: bool
    created: datetime


class Deployment(Record):
    """The version that an environment runs."""

    tenant: str
    solution: str
    version: str
    environment: str
    by: str
    at: datetime
    ground: Ground | None = None
    """What it stands on, where that was looked up."""
    act: Literal["deploy", "promote", "rollback"] | None = None
    source: str | None = None
    """The environment it was promoted from."""
    glass: str | None = None
    why: str = ""


class Registered(Record):
    """A version, and whether this call created it."""

    created: bool
    record: VersionRecord


class Definitions:
    """The register of solutions."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def register(
        self,
        tenant: str,
        solution: str,
        version: str,
        *,
        digest: str,
        text: str,
        media_type: str,
        plan: dict[str, Json],
        plan_digest: str,
        author: str,
        title: str | None = None,
        findings: Sequence[dict[str, Any]] = (),
        behalf: str | None = None,
    ) -> Registered:
        """Keep a version for ever; the same digest again changes nothing. `behalf` is the user for
        whom an agent wrote it.

        Raises Refused: `solution.version-taken` when the version has other content,
        `solution.plan-taken` when `plan_digest` belongs to another plan.
        """
        title = title or str(plan.get("title") or solution)
        row = VersionRow(
            tenant=tenant,
            solution=solution,
            version=version,
            digest=digest,
            plan_digest=plan_digest,
            text=text,
            media_type=media_type,
            title=title,
            author=author,
            retired=False,
            created=now(),
            findings={"items": list(findings)} if findings else None,
            behalf=behalf,
        )
        with self._db.session() as session:
            _keep_plan(session, plan_digest, plan)
            _keep_solution(session, row)
            created = insert_new(session, row)
            kept = version_row(session, tenant, solution, version)
            if kept is None or kept.digest != digest:
                raise Refused(
                    "solution.version-taken",
                    f"{solution} {version} is registered with other content; "
                    "give the document a new version.",
                )
            if created:
                _latest(session, kept)
            return Registered(created=created, record=_record(session, kept))

    def version(self, tenant: str, solution: str, version: str) -> VersionRecord | None:
        """That version, or None."""
        with self._db.reading() as session:
            row = version_row(session, tenant, solution, version)
            return _record(session, row) if row else None

    def versions(self, tenant: str, solution: str) -> list[VersionRecord]:
        """Every version of a solution, newest first."""
        with self._db.reading() as session:
            rows = session.exec(
                select(VersionRow)
                .where(VersionRow.tenant == tenant, VersionRow.solution == solution)
                .order_by(col(VersionRow.created).desc(), col(VersionRow.version).desc())
            )
            return [_record(session, row) for row in rows]

    def solution(self, tenant: str, solution: str) -> SolutionRecord | None:
        """That solution, or None."""
        with self._db.reading() as session:
            row = session.get(SolutionRow, {"tenant": tenant, "name": solution})
            return _solution(session, row) if row else None

    def solutions(
        self, tenant: str, after: str | None = None, limit: int = 50
    ) -> list[SolutionRecord]:
        """The solutions behind the name `after`, by name."""
        with self._db.reading() as session:
            rows = session.exec(
                select(SolutionRow)
                .where(SolutionRow.tenant == tenant, SolutionRow.name > (after or ""))
                .order_by(col(SolutionRow.name))
                .limit(limit)
            )
            return [_solution(session, row) for row in rows]

    def deploy(
        self, tenant: str, solution: str, version: str, environment: str, by: str
    ) -> Deployment:
        """Make `version` the one that `environment` runs, whoever may: see `deployments`.

        Raises Refused: `solution.version-missing`, `solution.version-retired`.
        """
        with self._db.session() as session:
            serialise(session, "lifecycle", tenant, solution)
            kept = required(session, tenant, solution, version)
            if kept.retired:
                raise Refused("solution.version-retired", f"{solution} {version} is retired.")
            return Deployment.model_validate(put_running(session, kept, environment, by))

    def restart(self, tenant: str, solution: str, environment: str, by: str) -> Deployment | None:
        """What `environment` runs, as if it were deployed anew; None if it runs nothing by now."""
        key = {"tenant": tenant, "solution": solution, "environment": environment}
        with self._db.session() as session:
            serialise(session, "lifecycle", tenant, solution)
            runs = session.get(DeploymentRow, key)
            if runs is None:
                return None
            row = required(session, tenant, solution, runs.version)
            return Deployment.model_validate(put_running(session, row, environment, by))

    def deployed(self, tenant: str, solution: str, environment: str) -> VersionRecord | None:
        """The version that `environment` runs, or None."""
        with self._db.reading() as session:
            found = session.exec(
                select(VersionRow, SolutionRow.paused)
                .join(
                    DeploymentRow,
                    (col(DeploymentRow.tenant) == VersionRow.tenant)
                    & (col(DeploymentRow.solution) == VersionRow.solution)
                    & (col(DeploymentRow.version) == VersionRow.version),
                )
                .join(
                    SolutionRow,
                    (col(SolutionRow.tenant) == VersionRow.tenant)
                    & (col(SolutionRow.name) == VersionRow.solution),
                )
                .where(
                    DeploymentRow.tenant == tenant,
                    DeploymentRow.solution == solution,
                    DeploymentRow.environment == environment,
                )
            ).first()
            return _record(session, found[0], paused=found[1]) if found else None

    def running(self, tenant: str, environment: str) -> list[str]:
        """The digests of the plans that `environment` runs, without trials and solutions that are
        paused."""
        with self._db.reading() as session:
            rows = session.exec(
                select(VersionRow.plan_digest)
                .join(
                    DeploymentRow,
                    (col(DeploymentRow.tenant) == VersionRow.tenant)
                    & (col(DeploymentRow.solution) == VersionRow.solution)
                    & (col(DeploymentRow.version) == VersionRow.version),
                )
                .join(
                    SolutionRow,
                    (col(SolutionRow.tenant) == VersionRow.tenant)
                    & (col(SolutionRow.name) == VersionRow.solution),
                )
                .where(
                    DeploymentRow.tenant == tenant,
                    DeploymentRow.environment == environment,
                    col(SolutionRow.paused).is_(False),
                    col(VersionRow.version).not_like("%+run.%"),
                )
                .order_by(col(VersionRow.solution))
            )
            return list(rows)

    def deployment(self, tenant: str, solution: str, environment: str) -> Deployment | None:
        """What `environment` runs, since when and by whom, or None."""
        key = {"tenant": tenant, "solution": solution, "environment": environment}
        with self._db.reading() as session:
            row = session.get(DeploymentRow, key)
            return Deployment.model_validate(row) if row else None

    def retire(self, tenant: str, solution: str, version: str) -> VersionRecord:
        """Take a version out of every environment for good; running runs finish on it.

        Raises Refused("solution.version-missing").
        """
        with self._db.session() as session:
            serialise(session, "lifecycle", tenant, solution)
            row = required(session, tenant, solution, version)
            for one in _deployments(session, tenant, solution):
                if one.version == version:
                    told(session, "version.retired", row, one.environment)
                    session.delete(one)
            row.retired = True
            session.flush()
            return _record(session, row)

    def set_paused(self, tenant: str, solution: str, paused: bool) -> None:
        """Stop or let start new runs. Raises Refused("solution.missing")."""
        with self._db.session() as session:
            row = session.get(SolutionRow, {"tenant": tenant, "name": solution})
            if row is None:
                raise Refused("solution.missing", f"There is no solution {solution!r}.")
            if row.paused is not paused:
                for one in _deployments(session, tenant, solution):
                    what = "solution.paused" if paused else "solution.resumed"
                    told(session, what, row, one.environment)
            row.paused = paused

    def paused(self, tenant: str, solution: str) -> bool:
        """Whether new runs are stopped."""
        with self._db.reading() as session:
            row = session.get(SolutionRow, {"tenant": tenant, "name": solution})
            return row is not None and row.paused

    def plan(self, plan_digest: str) -> dict[str, Json] | None:
        """The plan of that digest, whoever registered it, or None."""
        with self._db.reading() as session:
            row = session.get(PlanRow, plan_digest)
            return row.plan if row else None

    def plans(self, limit: int = 100) -> list[tuple[str, dict[str, Json]]]:
        """Digests and plans of what is deployed anywhere, newest deployed first."""
        with self._db.reading() as session:
            rows = session.exec(
                select(PlanRow)
                .join(VersionRow, col(VersionRow.plan_digest) == PlanRow.digest)
                .join(
                    DeploymentRow,
                    (col(DeploymentRow.tenant) == VersionRow.tenant)
                    & (col(DeploymentRow.solution) == VersionRow.solution)
                    & (col(DeploymentRow.version) == VersionRow.version),
                )
                .order_by(col(DeploymentRow.at).desc(), col(PlanRow.digest))
                .limit(limit)
            )
            return list({row.digest: row.plan for row in rows}.items())


def _keep_plan(session: Session, digest: str, plan: dict[str, Json]) -> None:
    if insert_new(session, PlanRow(digest=digest, plan=plan)):
        return
    kept = session.get(PlanRow, digest)
    if kept is None or kept.plan != plan:
        raise Refused("solution.plan-taken", f"The digest {digest} belongs to another plan.")


def _keep_solution(session: Session, row: VersionRow) -> None:
    first = SolutionRow(
        tenant=row.tenant,
        name=row.solution,
        title=row.title,
        paused=False,
        latest=row.version,
        created=row.created,
    )
    insert_new(session, first)


def _latest(session: Session, row: VersionRow) -> None:
    solution = session.get(SolutionRow, {"tenant": row.tenant, "name": row.solution})
    if solution is not None:
        solution.latest, solution.title = row.version, row.title


def _deployments(session: Session, tenant: str, solution: str) -> Iterable[DeploymentRow]:
    return session.exec(
        select(DeploymentRow)
        .where(DeploymentRow.tenant == tenant, DeploymentRow.solution == solution)
        .order_by(col(DeploymentRow.environment))
    ).all()


def _record(session: Session, row: VersionRow, *, paused: bool | None = None) -> VersionRecord:
    standing = standing_of(session, row, paused=paused)
    return VersionRecord.model_validate(
        row.model_dump()
        | {
            "state": standing.state,
            "stage": standing.stage,
            "environments": tuple(sorted(standing.environments)),
            "findings": tuple((row.findings or {}).get("items", ())),
        }
    )


def _solution(session: Session, row: SolutionRow) -> SolutionRecord:
    deployed = {one.environment: one.version for one in _deployments(session, row.tenant, row.name)}
    return SolutionRecord.model_validate(row.model_dump() | {"deployed": deployed})
