"""Runs under way that go over to the version their environment runs now."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from solution_api.auth import Held, Operator, Reader
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Environment, Name, RunId, Version
from solution_api.openapi import answers
from solution_api.services import Services
from symphainy.errors import Refused
from symphainy.identity import Principal
from temporal.migrations import Migration, Prospect
from temporal.runs import Run

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Runs"])

AT_ONCE = 50
"""Runs that one request moves at most."""
MOVING = ("run.cannot-migrate", "solution.not-deployed", "run.plan-unknown")
OF_RUN = ("run.unknown", "run.closed", "run.temporal-unreachable", "run.bad-query")


class Moved(BaseModel):
    """What became of one run."""

    model_config = ConfigDict(frozen=True)

    run: str
    before: str | None
    version: str | None
    outcome: Literal["moving", "already", "stays"]
    reason: str | None = None
    """Why it stays."""


class MovedPage(BaseModel):
    """Some of the runs, and where the next ones begin."""

    items: list[Moved]
    cursor: str | None


@router.post("/runs/{run:path}/migrate", status_code=202, responses=answers(*OF_RUN, *MOVING))
async def migrate_run(
    services: Held, by: Operator, run: RunId, idempotency_key: IdempotencyKey
) -> Migration:
    """Let a run go on by the version its environment runs now.

    It goes over at the next boundary between two tasks that both versions have; its `version`
    tells when it has.
    """
    return await services.migrations.migrate(by, run)


@router.post(
    "/solutions/{name}/migrate",
    status_code=202,
    responses=answers(
        "solution.missing",
        "store.key-too-long",
        "run.bad-query",
        "run.temporal-unreachable",
        "store.cursor",
    ),
)
async def migrate_solution(
    services: Held,
    by: Operator,
    name: Name,
    idempotency_key: IdempotencyKey,
    environment: Environment = None,
    cursor: Cursor = None,
) -> MovedPage:
    """Let the runs of an environment go on by the version it runs now, some at a time.

    Those that cannot are told with the reason, and stay on theirs. By default it is the
    platform's own environment.
    """
    await asyncio.to_thread(_known, services, by.tenant, name)
    where = environment or services.settings.environment
    found = await services.runs.page(
        by.tenant,
        solution=name,
        status="running",
        cursor=services.cursors.open(by.tenant, cursor),
        limit=AT_ONCE,
    )
    there = [one for one in found.runs if one.environment == where]
    moved = await asyncio.gather(*(_move(services, by, one) for one in there))
    return MovedPage(items=list(moved), cursor=services.cursors.seal(by.tenant, found.cursor))


@router.get(
    "/solutions/{name}/versions/{version}/migration/{other}",
    responses=answers("solution.version-missing", "store.key-too-long"),
)
async def get_prospect(
    services: Held,
    by: Reader,
    name: Name,
    version: Version,
    other: Annotated[str, Path(description="The version they are on.", examples=["1.0.0"])],
) -> Prospect:
    """Whether runs of another version could go on by this one, and what is in the way."""
    return await services.migrations.prospect(by.tenant, name, version, other)


def _known(services: Services, tenant: str, name: str) -> None:
    if services.stores.definitions.solution(tenant, name) is None:
        raise Refused("solution.missing", f"There is no solution {name[:80]!r}.")


async def _move(services: Services, by: Principal, run: Run) -> Moved:
    try:
        told = await services.migrations.migrate(by, run.run)
    except Refused as refused:
        return Moved(
            run=run.run,
            before=run.version,
            version=None,
            outcome="stays",
            reason=f"{refused.code}: {refused.message}",
        )
    outcome: Literal["moving", "already"] = "moving" if told.asked else "already"
    return Moved(run=told.run, before=told.before, version=told.version, outcome=outcome)
