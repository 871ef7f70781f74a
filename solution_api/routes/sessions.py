"""Conversations with customers, as the client's own people and programs see them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from public_works.record import now
from public_works.transcripts import SessionRecord
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model
from solution_api.conversation import (
    STREAM,
    Session,
    SessionMessage,
    Taken,
    Writing,
    follow,
    resumed,
    session_of,
)
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, streams, takes
from solution_api.services import Services
from solution_api.views import Page
from symphainy.json import Json
from symphainy.session import Address

__all__ = ["router"]

router = APIRouter(prefix="/v1/sessions", tags=["Sessions"])

SAID: Json = {"id": "m-1", "text": "Where is my order?", "channel": "web"}
SENDING = ("session.text", "session.busy", "session.unreachable", "session.unsure")
Id = Annotated[str, Path(description="`{solution}:{customer}`.", examples=["acme.welcome:c-17"])]
After = Annotated[int | None, Query(ge=0, le=2**31, description="Only what was said behind it.")]


class Said(Writing):
    """A message of a customer who writes to the client's own chat, or by way of its own line."""

    channel: str = Field("web", pattern=r"^[a-z][a-z0-9-]{0,30}$")


@router.get("", responses=answers("store.cursor", "store.key-too-long"))
async def list_sessions(
    services: Held,
    by: Reader,
    customer: Annotated[str | None, Query(max_length=400)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Session]:
    """Sessions, the one in which something was said last first."""
    found = await asyncio.to_thread(
        services.stores.transcripts.list,
        by.tenant,
        customer=customer,
        after=cursor,
        limit=limit + 1,
    )
    more = found[limit - 1].id if len(found) > limit else None
    return Page(items=[session_of(one) for one in found[:limit]], cursor=more)


@router.get(
    "/{session}", responses=answers("session.unknown", "session.unreachable", "store.key-too-long")
)
async def get_session(services: Held, by: Reader, session: Id) -> Session:
    """How a session stands: whose turn it is, what is unread, where the customer was."""
    return session_of(await _session(services, by.tenant, session))


@router.get(
    "/{session}/messages",
    responses=answers("session.unknown", "session.unreachable", "store.key-too-long"),
)
async def list_session_messages(
    services: Held, by: Reader, session: Id, after: After = None, limit: Limit = 50
) -> list[SessionMessage]:
    """What was said, in order, behind the place `after`; without it, what was said last."""
    await _session(services, by.tenant, session)
    transcripts = services.stores.transcripts
    if after is None:
        found = await asyncio.to_thread(transcripts.latest, by.tenant, session, limit=limit)
    else:
        found = await asyncio.to_thread(
            transcripts.messages, by.tenant, session, after=after, limit=limit
        )
    return [SessionMessage.model_validate(one) for one in found]


@router.post(
    "/{session}/messages",
    status_code=202,
    responses=answers(
        "session.unknown", "solution.not-deployed", "store.key-too-long", *SENDING, *BODY
    ),
    openapi_extra=takes(Said.model_json_schema(), SAID, required=True),
)
async def write_in_session(
    services: Held,
    by: Operator,
    session: Id,
    said: Annotated[Said, Depends(model(Said))],
    idempotency_key: IdempotencyKey,
) -> Taken:
    """Hand on what a customer wrote to a chat of your own; the first message begins the session.

    The run that talks to them hears it, or one is started. `id` makes it safe to repeat.
    """
    kept = await services.sessions.receive(
        by.tenant,
        Address.of(session),
        id=said.id,
        text=said.text,
        channel=said.channel,
        choice=said.choice,
    )
    return Taken.model_validate(kept.model_dump())


@router.get(
    "/{session}/events",
    response_class=StreamingResponse,
    responses={
        200: streams(STREAM, described="Server-sent events: `message` and `state`."),
        **answers("session.unknown", "session.unreachable", "store.key-too-long"),
    },
)
async def follow_session(
    services: Held,
    by: Reader,
    session: Id,
    after: After = 0,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", description="As `after`.", max_length=20)
    ] = None,
) -> StreamingResponse:
    """What was said and is being said, as server-sent events; the session never ends.

    `id` is a message's place: send the last one back as Last-Event-ID, and nothing is missed.
    """
    await _session(services, by.tenant, session)
    behind = resumed(after, last_event_id)
    return follow(services, by.tenant, Address.of(session), behind)


async def _session(services: Services, tenant: str, id: str) -> SessionRecord:
    address = Address.of(id)
    found = await asyncio.to_thread(services.stores.transcripts.get, tenant, id)
    if found is not None:
        return found
    # Its first message may have been taken a moment ago.
    surface = await services.sessions.state(tenant, address)
    return SessionRecord(
        tenant=tenant,
        id=id,
        solution=address.solution,
        environment=address.environment,
        customer=address.customer,
        surface=surface,
        version=0,
        live=None,
        created=now(),
        changed=now(),
    )
