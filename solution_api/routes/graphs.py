"""What a run has done, on the graph of its solution."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from solution_api.auth import Held, Reader
from solution_api.examples import DRAWN
from solution_api.headers import offered
from solution_api.names import RunId
from solution_api.openapi import answers
from solution_api.services import Services
from solution_api.views import RunGraph
from symphainy.errors import Refused
from symphainy.plan import Plan
from symphainy.plan.migration import renamed
from temporal.events import RunEvent, follow
from temporal.runs import Run
from workflows.compiler import graph, mermaid, overlay

__all__ = ["router"]

router = APIRouter(prefix="/v1/runs", tags=["Runs"])

JSON, MERMAID = "application/json", "text/vnd.mermaid"
MOST = 50_000
"""Events of a run that are read; of one with more, the graph tells how it began."""

EITHER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The graph with how its tasks stand.",
        "content": {
            JSON: {"example": DRAWN},
            MERMAID: {"schema": {"type": "string"}, "example": DRAWN["mermaid"]},
        },
    }
}


@router.get(
    "/{run:path}/graph",
    response_model=RunGraph,
    responses={
        **EITHER,
        **answers(
            "run.unknown",
            "run.plan-unknown",
            "run.temporal-unreachable",
            "run.bad-query",
            "api.not-acceptable",
        ),
    },
)
async def draw_run(
    services: Held,
    by: Reader,
    run: RunId,
    request: Request,
    format: Annotated[
        str | None,
        Query(pattern="^(json|mermaid)$", description="Instead of Accept.", examples=["mermaid"]),
    ] = None,
) -> Any:
    """How every task of a run stands, by its reference, on the graph of its version.

    Of a run that went over to another version, it is the graph of that one.

    With `format=mermaid`, or if that is what Accept asks for, Mermaid text for Markdown.
    """
    kind = {"json": JSON, "mermaid": MERMAID}.get(format or "") or offered(request, JSON, MERMAID)
    shown = await services.runs.get(by.tenant, run)
    plan = await asyncio.to_thread(_plan, services, by.tenant, shown)
    workflow = services.runs.handle(by.tenant, run).id
    refs = await services.migrations.renames(by.tenant, run)
    events = []
    async for event in follow(services.client, workflow, wait=False):
        events.append(_renamed(event, refs))
        if len(events) >= MOST:
            break
    drawn, standing = graph(plan), overlay(plan, events)
    text = mermaid(drawn, standing)
    if kind == MERMAID:
        return Response(text, media_type=MERMAID)
    return RunGraph(run=shown.run, graph=drawn, overlay=standing, mermaid=text)


def _renamed(event: RunEvent, refs: Mapping[str, Mapping[str, str]]) -> RunEvent:
    """The event with the reference that its task has in the version the run goes by now."""
    way = refs.get(event.id.rpartition(".")[0])
    if way is None or event.step is None:
        return event
    return event.model_copy(update={"step": renamed(event.step, way)})


def _plan(services: Services, tenant: str, run: Run) -> Plan:
    definitions = services.stores.definitions
    version = definitions.version(tenant, run.solution, run.version or "")
    kept = definitions.plan(version.plan_digest) if version is not None else None
    if kept is None:
        raise Refused("run.plan-unknown", f"The version that {run.run} runs is not kept here.")
    return Plan.model_validate(kept)
