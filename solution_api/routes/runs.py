"""Runs, as their owners find and steer them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from solution_api.advising import warnings
from solution_api.auth import Held, Operator, Reader
from solution_api.examples import RUN
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit, RunId
from solution_api.openapi import answers, example
from solution_api.views import Page
from temporal.runs import Run, Status

__all__ = ["router"]

router = APIRouter(prefix="/v1/runs", tags=["Runs"])

STEERING = answers("run.unknown", "run.closed", "run.temporal-unreachable", "run.bad-query")


@router.get("", responses=answers("run.bad-query", "store.cursor", "run.temporal-unreachable"))
async def list_runs(
    services: Held,
    by: Reader,
    solution: Annotated[
        str | None, Query(max_length=200, examples=["acme.welcome"], description="Only of this.")
    ] = None,
    status: Status | None = None,
    customer: Annotated[
        str | None, Query(max_length=200, examples=["c-17"], description="Only about this one.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Run]:
    """Runs, newest first. A run appears here up to a second after it began."""
    found = await services.runs.page(
        by.tenant,
        solution=solution,
        status=status,
        customer=customer,
        cursor=services.cursors.open(by.tenant, cursor),
        limit=limit,
    )
    return Page(items=found.runs, cursor=services.cursors.seal(by.tenant, found.cursor))


@router.post("/{run:path}/pause", responses=STEERING)
async def pause_run(
    services: Held, by: Operator, run: RunId, idempotency_key: IdempotencyKey
) -> Run:
    """Begin no further step; what is under way ends."""
    await services.runs.pause(by, run)
    return await services.runs.get(by.tenant, run)


@router.post("/{run:path}/resume", responses=STEERING)
async def resume_run(
    services: Held, by: Operator, run: RunId, idempotency_key: IdempotencyKey
) -> Run:
    """Go on."""
    await services.runs.resume(by, run)
    return await services.runs.get(by.tenant, run)


@router.post("/{run:path}/cancel", status_code=202, responses=STEERING)
async def cancel_run(
    services: Held, by: Operator, run: RunId, idempotency_key: IdempotencyKey
) -> Run:
    """Ask the run to end. It may take a moment; its status tells when it has."""
    await services.runs.cancel(by.tenant, run)
    return await services.runs.get(by.tenant, run)


@router.get(
    "/{run:path}",
    responses={
        **example(RUN),
        **answers("run.unknown", "run.temporal-unreachable", "run.bad-query"),
    },
)
async def get_run(services: Held, by: Reader, run: RunId) -> Run:
    """A run, with its output or its problem once it is over, and what policies that only advise
    have to say."""
    found, warned = await asyncio.gather(
        services.runs.get(by.tenant, run), warnings(services, by.tenant, run)
    )
    return found.model_copy(update={"warnings": warned})
