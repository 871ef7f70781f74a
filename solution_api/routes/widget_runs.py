"""How a run stands, in words that its customer may read."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, Field
from temporalio.service import RPCError

from public_works.record import now
from solution_api.auth import Held
from solution_api.names import RunId
from solution_api.openapi import answers, streams
from solution_api.routes.widgets import TOKEN
from solution_api.services import Services
from solution_api.widgets.tokens import WidgetToken
from solution_api.widgets.visitor import Following
from symphainy.errors import Refused
from symphainy.plan import Plan
from symphainy.standing import Standing
from temporal.events import RunEvent
from temporal.events import follow as follow_history
from temporal.runs import Run, Status
from workflows.compiler import overlay

__all__ = ["router"]

router = APIRouter(prefix="/v1/widgets", tags=["Widgets"])

log = logging.getLogger("symphainy.api")

HEARTBEAT = 15.0
TOGETHER = 0.2
"""Seconds within which what happens is told at once."""
MOST = 20_000
"""Events of a run that are read."""
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
State = Literal["to come", "running", "waiting", "done", "skipped", "failed", "cancelled"]
STREAM = (
    'event: status\ndata: {"run":"acme.welcome:c-17","title":"Welcome","status":"completed",'
    '"stage":null,"steps":[{"name":"greet","title":"Greet","state":"done"}]}\n\n'
)


class Step(BaseModel):
    """A step of the way."""

    name: str
    title: str
    state: State


class Progress(BaseModel):
    """How far a run has come. It shows nothing of what the run works with."""

    run: str
    title: str
    status: Status
    stage: str | None = Field(description="running, held, approval or paused, while it runs.")
    started: datetime
    closed: datetime | None
    steps: list[Step]


REFUSALS = answers(
    *TOKEN, "run.unknown", "run.plan-unknown", "run.temporal-unreachable", keyed=False
)


@router.get(
    "/runs/{run:path}/events",
    response_class=StreamingResponse,
    responses={200: streams(STREAM, described="Server-sent events: `status`."), **REFUSALS},
)
async def follow_own_run(services: Held, token: Following, run: RunId) -> StreamingResponse:
    """How a run of the customer stands, whenever that changes, until it is over."""
    shown, plan = await _own(services, token, run)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = _stream(services, token, shown, plan)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@router.get("/runs/{run:path}", responses=REFUSALS)
async def get_own_run(services: Held, token: Following, run: RunId) -> Progress:
    """How a run of the customer stands: of one that the token names, that their session talks
    to, or that is about them."""
    shown, plan = await _own(services, token, run)
    workflow = services.runs.handle(token.tenant, run).id
    events: list[RunEvent] = []
    async for event in follow_history(services.client, workflow, wait=False):
        events.append(event)
        if len(events) >= MOST:
            break
    return _progress(shown, plan, events)


async def _own(services: Services, token: WidgetToken, run: str) -> tuple[Run, Plan]:
    """The run, if the holder of the token may look at it; what is not theirs is not there."""
    shown = await services.runs.get(token.tenant, run)
    address = token.address
    mine = run in token.runs or (
        address.customer is not None and shown.customer == address.customer
    )
    if not mine:
        kept = services.stores.transcripts.get
        session = await asyncio.to_thread(kept, token.tenant, token.session)
        mine = session is not None and session.surface.run == run
    if not mine or shown.solution != address.solution:
        raise Refused("run.unknown", f"There is no run {run[:80]!r}.")
    return shown, await asyncio.to_thread(_plan, services, token.tenant, shown)


def _plan(services: Services, tenant: str, run: Run) -> Plan:
    definitions = services.stores.definitions
    version = definitions.version(tenant, run.solution, run.version or "")
    if version is None:
        raise Refused("run.plan-unknown", f"The version that {run.run} runs is not kept here.")
    return services.plans.get(version.plan_digest)


def _progress(run: Run, plan: Plan, events: list[RunEvent]) -> Progress:
    standing = overlay(plan, events)
    steps = [_step(task.name, standing.get(task.ref)) for task in plan.tasks]
    return Progress(
        run=run.run,
        title=plan.title or _title(plan.solution.partition(".")[2]),
        status=run.status,
        stage=run.stage,
        started=run.started,
        closed=run.closed,
        steps=steps,
    )


def _step(name: str, known: Standing | None) -> Step:
    state: State = known.status if known is not None else "to come"
    return Step(name=name, title=_title(name), state=state)


def _title(name: str) -> str:
    """`sendFirstReminder` in words."""
    words = [one if len(one) > 1 and one.isupper() else one.lower() for one in WORDS.findall(name)]
    title = " ".join(words) or name
    return title[:1].upper() + title[1:]


async def _stream(
    services: Services, token: WidgetToken, run: Run, plan: Plan
) -> AsyncIterator[bytes]:
    """The run's standing at first and after every change; what happens at once is told at once."""
    workflow = services.runs.handle(token.tenant, run.run).id
    happening = follow_history(services.client, workflow)
    events: list[RunEvent] = []
    told, coming = "", _coming(happening)
    try:
        while True:
            await asyncio.wait({coming}, timeout=TOGETHER)
            while coming.done() and coming.result() is not None and len(events) < MOST:
                events.append(coming.result())  # type: ignore[arg-type]
                coming = _coming(happening)
                await asyncio.wait({coming}, timeout=TOGETHER)
            run = await services.runs.get(token.tenant, run.run)
            shown = _progress(run, plan, events).model_dump_json()
            if shown != told:
                yield format_sse_event(event="status", data_str=shown)
                told = shown
            if coming.done() or _over(token):
                return
            await asyncio.wait({coming}, timeout=HEARTBEAT)
            if not coming.done():
                yield KEEPALIVE_COMMENT
    except RPCError as error:
        # The client asks again, and is told how it stands then.
        log.warning("a run is not followed any more: Temporal: %r", error)
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, RPCError):
            await coming


def _over(token: WidgetToken) -> bool:
    return token.expires is not None and token.expires <= now()


def _coming(events: AsyncIterator[RunEvent]) -> "asyncio.Task[RunEvent | None]":
    async def event() -> RunEvent | None:
        return await anext(events, None)

    return asyncio.create_task(event(), name="the next event of a run")
