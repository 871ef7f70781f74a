"""CloudEvents: what happens elsewhere, told to whatever waits for it."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from solution_api.auth import Held, Operator, Reader
from solution_api.cloud_events import BATCH, STRUCTURED, Sent, sent
from solution_api.names import Cursor, Environment, Limit
from solution_api.openapi import BODY, answers, example
from solution_api.views import Page
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/events", tags=["Events"])

PAID: Json = {
    "specversion": "1.0",
    "id": "payment-4711",
    "source": "/shop/payments",
    "type": "com.acme.invoice.paid.v1",
    "time": "2026-11-02T09:30:00Z",
    "data": {"invoiceId": "i-17", "amount": 120},
}
TAKEN: Json = {
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
    event: dict[str, Json]


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
    where = environment or services.settings.environment
    taken = []
    for event in given.events:
        told = await services.intake.hub.accept(by, where, event)
        named = {name: str(event[name]) for name in ("id", "source", "type")}
        taken.append(TakenEvent(seq=told.seq, new=told.new, runs=[*told.runs], **named))
    return TakenEvents(events=taken)


@router.get("", responses=answers("store.cursor", "store.key-too-long"))
async def list_events(
    services: Held,
    by: Reader,
    type: Annotated[str | None, Query(max_length=512, description="Only of this type.")] = None,
    environment: Environment = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[KnownEvent]:
    """Events of the tenant, newest first, as long as they are kept."""
    found = await asyncio.to_thread(
        services.stores.events.page,
        by.tenant,
        environment or services.settings.environment,
        type=type,
        before=_place(cursor),
        limit=limit + 1,
    )
    shown = [
        KnownEvent(
            seq=one.seq, environment=one.environment, accepted=one.accepted, event=one.envelope
        )
        for one in found[:limit]
    ]
    return Page(items=shown, cursor=str(shown[-1].seq) if len(found) > limit else None)


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise Refused("store.cursor", "The cursor is not one that a page before gave.")
    return int(cursor)
