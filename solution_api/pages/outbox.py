"""The outbox in a browser."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from public_works import Stores
from public_works.ledger import State
from solution_api.auth import Held
from solution_api.bodies import raw
from solution_api.pages import story
from solution_api.pages.render import page, style
from solution_api.pages.session import Visitor, admitted, enter, leave, ticket_for
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter()

LINES = 40
DOUBTS: tuple[State, ...] = ("unknown", "reconciling", "unresolved")
REFRESH_SECONDS = 3


@router.get("/pages/style.css")
async def style_sheet() -> Response:
    """The style sheet of all pages."""
    return style()


@router.get("/outbox")
async def list_messages(
    request: Request,
    services: Held,
    visitor: Visitor,
    token: Annotated[str | None, Query(max_length=2048)] = None,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    live: bool = False,
) -> Response:
    """Every message, newest first; `token` is a ticket in a link."""
    if token is not None and await admitted(services, token):
        # The ticket leaves the address, so that it is neither bookmarked nor seen.
        there = "/outbox?live=true" if live else "/outbox"
        return enter(request, RedirectResponse(there, 303), token)
    if visitor is None:
        return _door(wrong="This link is too old, or not complete." if token else None)
    try:
        told = await asyncio.to_thread(_lines, services.stores, visitor.tenant, cursor)
    except Refused:
        return _absent()
    refresh = REFRESH_SECONDS if live else None
    return page("outbox.html", "Outbox", live=live, refresh=refresh, section="outbox", **told)


@router.post("/outbox/session")
async def open_session(request: Request, services: Held) -> Response:
    """Exchange an API key for a ticket."""
    form = parse_qs((await raw(request)).decode("utf-8", "replace"))
    ticket = await ticket_for(services, form.get("key", [""])[0].strip())
    if ticket is None:
        return _door(wrong="This key is unknown, expired, revoked, or may not read.", status=401)
    return enter(request, RedirectResponse("/outbox", 303), ticket)


@router.post("/outbox/session/end")
async def end_session() -> Response:
    """Forget the ticket."""
    return leave(RedirectResponse("/outbox", 303))


@router.get("/outbox/{message}")
async def show_message(
    services: Held,
    visitor: Visitor,
    message: str,
    view: Literal["html", "text", "headers"] | None = None,
) -> Response:
    """One message, with what policy said about it."""
    if visitor is None:
        return _door()
    try:
        told = await asyncio.to_thread(_message, services.stores, visitor.tenant, message)
    except Refused:
        told = None
    if told is None:
        return _absent()
    shown = view if view != "html" or told["mail"]["frame"] else None
    shown = shown or ("html" if told["mail"]["frame"] else "text")
    title = told["mail"]["subject"]
    return page("message.html", title, styled_mail=True, section="outbox", view=shown, **told)


def _lines(stores: Stores, tenant: str, cursor: str | None) -> dict[str, Any]:
    now = datetime.now(UTC)
    found = stores.outbox.list(tenant, cursor, LINES + 1)
    lines = []
    for one in found[:LINES]:
        delivery = stores.ledger.get(tenant, one.delivery)
        lines.append(story.line(one, delivery.state if delivery else None, now))
    older = None
    if len(found) > LINES:
        older = "/outbox?" + urlencode({"cursor": found[LINES - 1].id})
    doubts = [one for state in DOUBTS for one in stores.ledger.list(tenant, state=state, limit=20)]
    return {
        "lines": lines,
        "older": older,
        "first": cursor is None,
        "doubts": [story.doubt(one, now) for one in doubts] if cursor is None else [],
    }


def _message(stores: Stores, tenant: str, id: str) -> dict[str, Any] | None:
    now = datetime.now(UTC)
    found = stores.outbox.get(tenant, id)
    if found is None:
        return None
    delivery = stores.ledger.get(tenant, found.delivery)
    attempts = stores.ledger.attempts(tenant, found.delivery)
    decisions = story.of_step(stores.decisions.list(tenant, found.run), found.step)
    return {
        "mail": story.mail(found, delivery, now),
        "attempts": [story.attempt(one, now) for one in attempts],
        "decisions": [story.decision(one, now) for one in decisions],
    }


def _door(*, wrong: str | None = None, status: int = 200) -> Response:
    return page("door.html", "Outbox", status=status, wrong=wrong)


def _absent() -> Response:
    return page("absent.html", "Not here", status=404, section="outbox")
