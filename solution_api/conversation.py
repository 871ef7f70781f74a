"""Sessions on the wire: their views, and their messages as a stream."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Literal

from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, Field

from public_works.record import now
from public_works.transcripts import SessionRecord
from solution_api.services import Services
from solution_api.views import View
from symphainy.delivery import Choice
from symphainy.errors import Ending, Refused
from symphainy.session import LONGEST, Address, Message, Presence, Surface

__all__ = [
    "STREAM",
    "Session",
    "SessionMessage",
    "Standing",
    "Taken",
    "Writing",
    "follow",
    "resumed",
    "session_of",
    "standing",
]

log = logging.getLogger("symphainy.api")

HEARTBEAT = 15.0
LIVE = timedelta(seconds=40)
"""How long a device that was heard of counts as listening."""
AT_ONCE = 100
STREAM = (
    'event: state\ndata: {"session":"acme.welcome:c-17","status":"open","unread":1,'
    '"waiting_for":"customer","run":"acme.welcome:c-17","seq":2,"read":1}\n\n'
    'id: 2\nevent: message\ndata: {"seq":2,"direction":"out","channel":"web",'
    '"text":"Hello, Maria.","choices":[],"at":"2026-11-02T09:30:00Z"}\n\n'
)


class SessionMessage(View):
    """What was said."""

    seq: int = Field(description="Its place, which resumes a stream.")
    id: str
    direction: Literal["in", "out"] = Field(description="`in` is from the customer.")
    channel: str
    text: str
    choices: list[Choice] = Field(description="Answers that are offered.")
    choice: str | None = Field(description="The value of the one that was taken.")
    run: str | None
    at: datetime


class Standing(BaseModel):
    """How a session stands."""

    session: str
    status: Literal["open", "closed"]
    unread: int = Field(description="Messages that the customer has not seen.")
    waiting_for: Literal["customer", "solution"] | None = Field(description="Whose turn it is.")
    run: str | None = Field(description="The run that the customer talks to.")
    seq: int = Field(description="The place of the last message.")
    read: int = Field(description="Up to here the customer has read.")


class Session(Standing):
    """A session with whom it is with."""

    solution: str
    environment: str
    customer: str | None = Field(description="Null for somebody who has not said who they are.")
    channels: dict[str, Presence] = Field(description="When they were last on each channel.")
    live: bool = Field(description="Whether a widget of theirs listens now.")
    problem: str | None = Field(description="Why the last message was heard by nobody.")
    last: SessionMessage | None
    created: datetime
    changed: datetime


class Writing(BaseModel, extra="forbid"):
    """A message of a customer."""

    id: str = Field(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Your name for it: the same again is the same message.",
    )
    text: str = Field(min_length=1, max_length=LONGEST)
    choice: str | None = Field(None, max_length=2_000, description="The choice that it is.")


class Taken(BaseModel):
    """A message that was taken."""

    session: str
    seq: int
    new: bool = Field(description="False if it had been taken before.")


def standing(surface: Surface) -> Standing:
    """`surface` as the API shows it."""
    return Standing.model_validate(surface.model_dump(include=set(Standing.model_fields)))


def session_of(record: SessionRecord) -> Session:
    """A session as the API shows it."""
    surface = record.surface
    return Session(
        **standing(surface).model_dump(),
        solution=record.solution,
        environment=record.environment,
        customer=record.customer,
        channels=surface.channels,
        live=record.live is not None and record.live > now(),
        problem=surface.problem,
        last=SessionMessage.model_validate(surface.last) if surface.last else None,
        created=record.created,
        changed=record.changed,
    )


def resumed(after: int | None, last_event_id: str | None) -> int | None:
    """The place that a stream goes on behind. Refused `api.invalid-request`."""
    if last_event_id is None or last_event_id == "":
        return after
    if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 12):
        message = f"Last-Event-ID {last_event_id[:40]!r} is not one that this stream gave."
        raise Refused("api.invalid-request", message, pointer="/header/Last-Event-ID")
    return int(last_event_id)


def follow(
    services: Services,
    tenant: str,
    address: Address,
    after: int | None,
    *,
    until: datetime | None = None,
) -> StreamingResponse:
    """What is said in a session behind the place `after`, or from now on, as it is said.

    `until` is when the token of the customer's own device ends, and the stream with it; while it
    listens, the customer is there. Refused `session.followed` for one device too many.
    """
    if until is not None and services.bell.is_full(tenant, address.id):
        raise _full()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = _stream(services, tenant, address, after, until)
    if until is not None:
        stream = _seated(services, tenant, address, stream)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    services: Services, tenant: str, address: Address, after: int | None, until: datetime | None
) -> AsyncIterator[bytes]:
    id, transcripts, told = address.id, services.stores.transcripts, None
    try:
        while until is None or now() < until:
            if until is not None:
                await asyncio.to_thread(transcripts.live, tenant, id, now() + LIVE)
            record = await asyncio.to_thread(transcripts.get, tenant, id)
            version = record.version if record is not None else 0
            surface = record.surface if record is not None else Surface(session=id)
            if after is None:
                after = surface.seq
                # So that the place is known before anything is said.
                yield format_sse_event(id=str(after), event="hello", data_str="{}")
            while found := await asyncio.to_thread(
                transcripts.messages, tenant, id, after=after, limit=AT_ONCE
            ):
                for one in found:
                    yield _message(one)
                after = found[-1].seq
            shown = standing(surface).model_dump_json()
            if shown != told:
                yield format_sse_event(event="state", data_str=shown)
                told = shown
            if await services.bell.wait(tenant, id, version, HEARTBEAT) == version:
                yield KEEPALIVE_COMMENT
    except Ending as ending:
        # The client resumes from the last place it has.
        log.warning("a session is not followed any more: %s", ending)


async def _seated(
    services: Services, tenant: str, address: Address, stream: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    # Those who asked in the same moment all found room.
    if services.bell.is_full(tenant, address.id):
        return
    with services.bell.seat(tenant, address.id):
        async for one in stream:
            yield one


def _full() -> Refused:
    message = "The session is followed by as many devices as may; close one."
    return Refused("session.followed", message)


def _message(one: Message) -> bytes:
    data = SessionMessage.model_validate(one).model_dump_json()
    return format_sse_event(id=str(one.seq), event="message", data_str=data)
