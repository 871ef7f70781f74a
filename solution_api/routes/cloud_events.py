"""CloudEvents: what happens elsewhere, told to whatever waits for it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, Field

from public_works.events import EventRecord
from solution_api.auth import Held, Operator, Reader
from solution_api.cloud_events import BATCH, STRUCTURED, Sent, sent
from solution_api.environments import existing
from solution_api.names import Cursor, Environment, LastEventId, Limit
from solution_api.openapi import BODY, answers, example, streams
from solution_api.services import Services
from solution_api.views import Page
from symphainy.errors import Ending, Refused
from symphainy.json import Json

__all__ = ["PAID", "TAKEN", "TakenEvent", "place", "router", "sealed"]

log = logging.getLogger("symphainy.api")

router = APIRouter(prefix="/v1/events", tags=["Events"])

PAID: Json = {
    "specversion": "1.0",
    "id": "payment-4711",
    "source": "/shop/payments",
    "type": "com.acme.invoice.paid.v1",
    "time": "2026-11-02T09:30:00Z",
    "data": {"invoiceId": "i-17", "amount": 120},
}
TAKEN: dict[str, Any] = {
    "events": [
        {
            "seq": 42,
            "id": "payment-4711",
            "source": "/shop/payments",
            "type": "com.acme.invoice.paid.v1",
            "new": True,
            "runs": ["acme.dunning:i-17"],
        }
    ]
}
STREAM = (
    "id: 9f86d081884c7d65.42\nevent: com.acme.invoice.paid.v1\n"
    'data: {"seq":42,"environment":"production","accepted":"2026-11-02T09:30:00Z",'
    '"cursor":"9f86d081884c7d65.42","event":{}}\n\n'
)
TYPES = "Only of these types; `com.acme.*` is all that begin so."
HEARTBEAT, LOOK = 15.0, 1.0
START = "0"
Walked = tuple[list[EventRecord], int]
EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        **{name: {"type": "string", "minLength": 1} for name in ("id", "source", "type")},
        "data": {},
    },
}
TAKES = {
    "requestBody": {
        "required": True,
        "content": {
            STRUCTURED: {"schema": EVENT, "example": PAID},
            BATCH: {"schema": {"type": "array", "items": EVENT}, "example": [PAID]},
            "application/json": {"schema": EVENT, "example": PAID},
        },
    }
}


class TakenEvent(BaseModel):
    """What became of an event."""

    seq: int = Field(description="Its place among the tenant's events.")
    id: str
    source: str
    type: str
    new: bool = Field(description="False if it was taken before; then nothing happened.")
    runs: list[str] = Field(description="The runs that waited for it.")


class TakenEvents(BaseModel):
    """What became of the events of a request, in their order."""

    events: list[TakenEvent]


class KnownEvent(BaseModel):
    """An event that was taken."""

    seq: int
    environment: str
    accepted: datetime
    cursor: str = Field(description="What goes on behind it.")
    event: dict[str, Json]


Shown = Callable[[EventRecord], KnownEvent]


@router.post(
    "",
    status_code=202,
    response_model=TakenEvents,
    responses={
        **example(TAKEN, status=202, described="The events are kept and on their way."),
        **answers(
            "event.malformed",
            "event.too-large",
            "event.batch-too-large",
            "event.environment",
            "event.reserved",
            "store.key-too-long",
            *BODY,
        ),
    },
    openapi_extra=TAKES,
)
async def send_events(
    services: Held,
    by: Operator,
    given: Annotated[Sent, Depends(sent)],
    environment: Environment = None,
) -> TakenEvents:
    """Tell the runs of the tenant that something happened.

    Takes CloudEvents 1.0 over HTTP: one (`application/cloudevents+json`), a batch, or binary (`ce-`
    headers, the body is the data). They are kept: a run that begins to wait later finds those
    accepted since it started. The same `source` and `id` again changes nothing, so sending is
    safe to repeat.
    """
    where = await existing(services, by.tenant, environment)
    taken = []
    for event in given.events:
        told = await services.intake.hub.accept(by, where, event)
        named = {name: str(event[name]) for name in ("id", "source", "type")}
        taken.append(TakenEvent(seq=told.seq, new=told.new, runs=[*told.runs], **named))
    return TakenEvents(events=taken)


@router.get("", responses=answers("store.cursor", "store.key-too-long", "event.cursor-expired"))
async def list_events(
    services: Held,
    by: Reader,
    type: Annotated[str | None, Query(max_length=512, description="Only of this type.")] = None,
    environment: Environment = None,
    order: Annotated[
        Literal["newest", "oldest"],
        Query(description="`oldest`: from the cursor on; then there always is a next cursor."),
    ] = "newest",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[KnownEvent]:
    """Events of the tenant as long as they are kept: those that came in, those that flows emit, and
    what the platform tells of itself (`com.symphainy.…`).

    `order=oldest` goes through them from a cursor on, in their order and without a gap: keep the
    cursor of each answer, and ask again with it.
    """
    where, known = environment or services.settings.environment, _shown(services, by.tenant)
    behind = place(services, by.tenant, cursor)
    if order == "oldest":
        types = (type,) if type else ()
        read = partial(services.stores.events.walk, types=types, limit=limit)
        found, last = await asyncio.to_thread(read, by.tenant, where, behind or 0)
        return Page(items=[known(one) for one in found], cursor=sealed(services, by.tenant, last))
    found = await asyncio.to_thread(
        services.stores.events.page,
        by.tenant,
        where,
        type=type,
        before=behind,
        limit=limit + 1,
    )
    shown = [known(one) for one in found[:limit]]
    return Page(items=shown, cursor=shown[-1].cursor if len(found) > limit else None)


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: streams(STREAM, described="Server-sent events; `id` is the cursor behind it."),
        **answers("store.cursor", "event.cursor-expired"),
    },
)
async def stream_events(
    services: Held,
    by: Reader,
    type: Annotated[list[str] | None, Query(max_length=50, description=TYPES)] = None,
    environment: Environment = None,
    cursor: Cursor = None,
    last_event_id: LastEventId = None,
    follow: Annotated[bool, Query(description="`false` ends at the present.")] = True,
) -> StreamingResponse:
    """Events as they come, as server-sent events, from a cursor on; without one from now on.

    `id` resumes where the connection broke: send it back as Last-Event-ID.
    """
    store, where = services.stores.events, environment or services.settings.environment
    behind = place(services, by.tenant, last_event_id or cursor)
    if behind is None:
        behind = await asyncio.to_thread(store.last, by.tenant)
    read = partial(store.walk, by.tenant, where, types=type or (), limit=100)
    first = await asyncio.to_thread(read, behind)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    known, mark = _shown(services, by.tenant), partial(sealed, services, by.tenant)
    stream = _stream(read, first, known, mark, follow)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    read: Callable[[int], Walked],
    walked: Walked,
    known: Shown,
    mark: Callable[[int], str],
    follow: bool,
) -> AsyncIterator[bytes]:
    quiet, (found, behind), before = 0.0, walked, -1
    while True:
        for event in found:
            quiet, one = 0.0, known(event)
            told = one.model_dump_json()
            yield format_sse_event(id=one.cursor, event=str(one.event["type"]), data_str=told)
        if not found and behind == before:
            if not follow:
                return
            await asyncio.sleep(LOOK)
            quiet += LOOK
            if quiet >= HEARTBEAT:
                quiet = 0.0
                # Who waits for what is rare goes on from here too, not from the last it heard.
                yield KEEPALIVE_COMMENT
                yield f"id: {mark(behind)}\n\n".encode()
        before = behind
        try:
            found, behind = await asyncio.to_thread(read, behind)
        except Ending as ending:
            # The client resumes from the last id it has.
            log.warning("events: %s", ending)
            return


def _shown(services: Services, tenant: str) -> Shown:
    def shown(one: EventRecord) -> KnownEvent:
        return KnownEvent(
            seq=one.seq,
            environment=one.environment,
            accepted=one.accepted,
            cursor=sealed(services, tenant, one.seq),
            event=one.envelope,
        )

    return shown


def sealed(services: Services, tenant: str, seq: int) -> str:
    """The cursor behind that place of the tenant's log."""
    return f"{services.cursors.seal(tenant, str(seq))}"


def place(services: Services, tenant: str, cursor: str | None) -> int | None:
    """The place that a cursor of the tenant is; `0` is before all. Refused `store.cursor`."""
    if cursor is None or cursor == START:
        return None if cursor is None else 0
    found = services.cursors.open(tenant, cursor) or ""
    if not found.isascii() or not found.isdigit() or len(found) > 18:
        raise Refused("store.cursor", "The cursor is not one that a page before gave.")
    return int(found)
