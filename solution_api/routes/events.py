"""A run's events as they come."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from temporalio.service import RPCError, RPCStatusCode

from solution_api.auth import Held, Reader
from solution_api.names import RunId
from solution_api.openapi import answers, streams
from solution_api.services import Services
from symphainy.errors import Refused
from temporal.events import RunEvent
from temporal.events import follow as follow_history

__all__ = ["router"]

router = APIRouter(prefix="/v1/runs", tags=["Runs"])

log = logging.getLogger("symphainy.api")

HEARTBEAT = 15.0
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9]{1,9}")
STREAM = (
    "id: 0192f0c4-8f1a-7c3e-9f00-3d1c52f0aa10.1\nevent: run.started\n"
    'data: {"id":"0192f0c4-8f1a-7c3e-9f00-3d1c52f0aa10.1","type":"run.started",'
    '"at":"2026-11-02T09:30:00Z","step":null,"data":{}}\n\n'
)

EventId = Annotated[
    str | None,
    Query(description="Only events behind this one.", max_length=100),
]
LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", description="As `after`; what browsers send on reconnecting."),
]


@router.get(
    "/{run:path}/events",
    response_class=StreamingResponse,
    responses={
        200: streams(STREAM, described="Server-sent events."),
        **answers("run.unknown", "api.event-unknown", "run.temporal-unreachable", "run.bad-query"),
    },
)
async def follow_run(
    services: Held,
    by: Reader,
    run: RunId,
    after: EventId = None,
    last_event_id: LastEventId = None,
    follow: Annotated[bool, Query(description="`false` ends at the present.")] = True,
) -> StreamingResponse:
    """What happened in a run and what happens, as server-sent events, until the run is over.

    `id` resumes where the connection broke: send it back as Last-Event-ID.
    """
    await services.runs.get(by.tenant, run)
    workflow, behind = services.runs.handle(by.tenant, run).id, last_event_id or after
    if behind is not None:
        await _must_exist(services, workflow, behind)
    events = follow_history(services.client, workflow, after=behind, wait=follow)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(events), media_type="text/event-stream", headers=headers)


async def _must_exist(services: Services, workflow: str, event: str) -> None:
    """Refuse an event id whose part before the dot is no history of this run."""
    unknown = Refused("api.event-unknown", f"The run has no event {event[:80]!r}.")
    if not ID.fullmatch(event):
        raise unknown
    history = services.client.get_workflow_handle(workflow, run_id=event.partition(".")[0])
    try:
        await history.describe()
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
            raise unknown from error
        raise


async def _stream(events: AsyncIterator[RunEvent]) -> AsyncIterator[bytes]:
    """`events` on the wire, with a comment whenever nothing happens for a while.

    A client that leaves cancels this, and with it the poll of the history.
    """
    coming = _coming(events)
    try:
        while True:
            await asyncio.wait({coming}, timeout=HEARTBEAT)
            if not coming.done():
                yield KEEPALIVE_COMMENT
                continue
            event = coming.result()
            if event is None:
                return
            yield format_sse_event(id=event.id, event=event.type, data_str=event.model_dump_json())
            coming = _coming(events)
    except RPCError as error:
        # The client resumes from the last id it has.
        log.warning("events: Temporal: %r", error)
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, RPCError):
            await coming


def _coming(events: AsyncIterator[RunEvent]) -> asyncio.Task[RunEvent | None]:
    async def event() -> RunEvent | None:
        return await anext(events, None)

    return asyncio.create_task(event(), name="the next event of a run")
