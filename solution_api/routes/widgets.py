"""Widgets: tokens for pages, and the chat that they hold."""

import asyncio
import re
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, field_validator

from solution_api.auditing import minted
from solution_api.auth import Held, Holding, OperatorWithin, enter_as
from solution_api.bodies import model
from solution_api.conversation import (
    STREAM,
    SessionMessage,
    Standing,
    Taken,
    Writing,
    follow,
    resumed,
    standing,
)
from solution_api.headers import IdempotencyKey
from solution_api.names import ENVIRONMENT
from solution_api.openapi import BODY, answers, streams, takes
from solution_api.services import Services
from solution_api.widgets.tokens import Scope, WidgetToken
from solution_api.widgets.visitor import Chatting
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import Json
from symphainy.session import Address, Surface

__all__ = ["TOKEN", "router"]

router = APIRouter(prefix="/v1/widgets", tags=["Widgets"])

CHANNEL = "web"
TOKEN = ("widget.token", "widget.expired", "widget.origin", "widget.scope", "store.unavailable")
"""What every operation that asks for a widget token may refuse."""
SENDING = ("session.text", "session.busy", "session.unreachable", "session.unsure")
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")
WANTED: Json = {
    "solution": "acme.welcome",
    "customer": "c-17",
    "origin": "https://shop.acme.example",
    "scopes": ["chat", "status"],
}
WRITTEN: Json = {"id": "m-1", "text": "Where is my order?"}
SEEN: Json = {"delivered": 2, "read": 2}
Names = Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=50)]


class Wanted(BaseModel, extra="forbid"):
    """Whom a token is for, where, and for what."""

    solution: str = Field(max_length=130)
    customer: str | None = Field(None, min_length=1, max_length=200, description="Your id of them.")
    anonymous: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{8,64}$",
        description="The id of a visitor who has not said who they are, to go on with; one is "
        "made up where neither it nor `customer` is given.",
    )
    origin: str = Field(description="Scheme, host and port of the page.", max_length=300)
    scopes: list[Scope] = Field(["chat"], min_length=1, max_length=4)
    environment: str | None = Field(None, pattern=ENVIRONMENT)
    runs: Names = Field([], description="Runs to show, beside those of the customer.")
    intents: Names = Field([], description="Intents whose forms may be filled in.")
    approvals: Names = Field([], description="Approvals that may be decided.")
    roles: Names = Field([], description="As which they are decided; at most your own.")

    @field_validator("origin")
    @classmethod
    def _exact(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not HOST.fullmatch(parts.netloc):
            raise ValueError(f"{value[:80]!r} is no origin, such as https://shop.acme.example")
        if value.lower() != f"{parts.scheme}://{parts.netloc}".lower():
            raise ValueError("an origin has no path: scheme, host and port")
        return value.lower()


class Bought(BaseModel):
    """A token, which pages show as Bearer."""

    token: str
    expires: datetime
    session: str
    anonymous: str | None = Field(description="Send it to go on with the same visitor.")
    scopes: list[Scope]


class Seen(BaseModel, extra="forbid"):
    """Up to where the page has messages, and the customer has seen them."""

    delivered: int = Field(0, ge=0, le=2**31)
    read: int = Field(0, ge=0, le=2**31)


@router.post(
    "/tokens",
    status_code=201,
    responses=answers(
        "widget.wanted", "solution.unknown", "session.unknown", "store.key-too-long", *BODY
    ),
    openapi_extra=takes(Wanted.model_json_schema(), WANTED, required=True),
)
async def buy_widget_token(
    services: Held,
    by: OperatorWithin,
    holder: Holding,
    wanted: Annotated[Wanted, Depends(model(Wanted))],
    idempotency_key: IdempotencyKey,
) -> Bought:
    """A token for five minutes, bought by your back end for whoever is logged in there.

    It works on pages of its origin alone. Without `customer` it is for somebody who has not said
    who they are: it shows nothing of what was said before.
    """
    _may(wanted, by)
    if not await asyncio.to_thread(_exists, services, by.tenant, wanted.solution):
        raise Refused("solution.unknown", f"There is no solution {wanted.solution[:80]!r}.")
    anonymous = None if wanted.customer is not None else wanted.anonymous or uuid4().hex
    environment = wanted.environment or services.settings.environment
    await enter_as(services, holder, by, "operate", environment)
    address = Address(wanted.solution, environment, wanted.customer, anonymous)
    token = WidgetToken(
        tenant=by.tenant,
        session=Address.of(address.id).id,
        origin=wanted.origin,
        scopes=tuple(wanted.scopes),
        runs=tuple(wanted.runs),
        intents=tuple(wanted.intents),
        approvals=tuple(wanted.approvals),
        roles=tuple(wanted.roles),
    )
    text, expires = services.widget_tokens.issue(token)
    services.stores.audit.count(by.tenant, minted(by, wanted.solution))
    return Bought(
        token=text,
        expires=expires,
        session=token.session,
        anonymous=anonymous,
        scopes=wanted.scopes,
    )


@router.get("/session", responses=answers(*TOKEN, keyed=False))
async def get_own_session(services: Held, token: Chatting) -> Standing:
    """How the customer's session stands; one in which nothing was said is there as well."""
    found = await asyncio.to_thread(services.stores.transcripts.get, token.tenant, token.session)
    return standing(found.surface if found is not None else Surface(session=token.session))


@router.get("/session/messages", responses=answers(*TOKEN, keyed=False))
async def list_own_messages(
    services: Held,
    token: Chatting,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[SessionMessage]:
    """What was said last, in order. Refused for somebody who has not said who they are."""
    if token.address.anonymous is not None:
        raise Refused("widget.scope", "Somebody who has not said who they are has no history.")
    transcripts = services.stores.transcripts
    found = await asyncio.to_thread(transcripts.latest, token.tenant, token.session, limit=limit)
    return [SessionMessage.model_validate(one) for one in found]


@router.post(
    "/session/messages",
    status_code=202,
    responses=answers(*TOKEN, "solution.not-deployed", *SENDING, *BODY, keyed=False),
    openapi_extra=takes(Writing.model_json_schema(), WRITTEN, required=True),
)
async def write_own_message(
    services: Held, token: Chatting, said: Annotated[Writing, Depends(model(Writing))]
) -> Taken:
    """Say something. The same `id` again is the same message."""
    kept = await services.sessions.receive(
        token.tenant,
        token.address,
        id=said.id,
        text=said.text,
        channel=CHANNEL,
        choice=said.choice,
    )
    return Taken.model_validate(kept.model_dump())


@router.post(
    "/session/seen",
    status_code=204,
    responses=answers(*TOKEN, "session.unknown", "session.unreachable", *BODY, keyed=False),
    openapi_extra=takes(Seen.model_json_schema(), SEEN, required=True),
)
async def see_own_messages(
    services: Held, token: Chatting, seen: Annotated[Seen, Depends(model(Seen))]
) -> Response:
    """Tell up to where messages have arrived and were seen: the receipts of their deliveries."""
    await services.sessions.seen(
        token.tenant, token.address, delivered=seen.delivered, read=seen.read
    )
    return Response(status_code=204)


@router.get(
    "/session/events",
    response_class=StreamingResponse,
    responses={
        200: streams(STREAM, described="Server-sent events: `hello`, `message` and `state`."),
        **answers(*TOKEN, "session.followed", keyed=False),
    },
)
async def follow_own_session(
    services: Held,
    token: Chatting,
    after: Annotated[int | None, Query(ge=0, le=2**31, description="Only behind it.")] = None,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", description="As `after`.", max_length=20)
    ] = None,
) -> StreamingResponse:
    """What is said from now on, or behind the message that is named; it never ends by itself."""
    behind = resumed(after, last_event_id)
    return follow(services, token.tenant, token.address, behind, until=token.expires)


def _may(wanted: Wanted, by: Principal) -> None:
    """Refuse what no token can be for, or not one that `by` buys."""
    if wanted.customer is not None and wanted.anonymous is not None:
        raise Refused("widget.wanted", "A token is for a customer, or for somebody unknown.")
    if wanted.customer is None and "preferences" in wanted.scopes:
        raise Refused("widget.wanted", "Nobody keeps preferences of somebody unknown.")
    beyond = sorted({*wanted.roles} - by.roles)
    if beyond:
        raise Refused("widget.wanted", f"Your key has not the role {beyond[0][:80]!r} to give.")


def _exists(services: Services, tenant: str, solution: str) -> bool:
    return bool(services.stores.definitions.versions(tenant, solution))
