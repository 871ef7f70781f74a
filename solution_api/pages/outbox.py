"""The outbox in a browser."""

import asyncio
import base64
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from public_works import Stores
from public_works.audit import Act
from public_works.ledger import State
from public_works.seal import Seal
from smart_city.audit import Subject, named
from solution_api.acting import acted
from solution_api.auditing import acting, actor_of
from solution_api.auth import Held
from solution_api.bodies import form
from solution_api.limits_door import count
from solution_api.pages import scenes, story
from solution_api.pages.render import asset, page
from solution_api.pages.session import (
    Visit,
    Visitor,
    bought,
    enter,
    is_ours,
    leave,
    operator,
)
from solution_api.services import Services
from solution_api.signing_in import by_link
from solution_api.simulator import Deed
from symphainy.errors import Ending, Refused
from temporal.resending import Resent

__all__ = ["router"]

router = APIRouter()

LINES = 40
REASON = 500
DOUBTS: tuple[State, ...] = ("unknown", "reconciling", "unresolved")
REFRESH_SECONDS = 3
BROWSED = frozenset({"crm", "ticket", "chat", "sms"})
"""Channels whose messages are shown as what they make together."""

USED_UP = (
    "This link was used before, or is too old: it opens the outbox once, within ten minutes. "
    "`symphainy key link` prints a new one."
)
COPY_IT = "A link with a ticket opens nothing from another page. Copy it into the address bar."

Word = Annotated[str | None, Query(max_length=400)]


@router.get("/pages/style.css")
async def style_sheet() -> Response:
    """The style sheet of all pages."""
    return asset("style.css")


@router.get("/pages/outbox.css")
async def outbox_style() -> Response:
    """The style sheet of the outbox."""
    return asset("outbox.css")


@router.get("/pages/outbox.js")
async def outbox_script() -> Response:
    """What keeps the outbox up to date."""
    return asset("outbox.js")


@router.get("/outbox")
async def list_messages(
    request: Request,
    services: Held,
    visitor: Visitor,
    token: Annotated[str | None, Query(max_length=2048)] = None,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    channel: Word = None,
    run: Word = None,
    customer: Word = None,
    words: Word = None,
    live: bool = False,
) -> Response:
    """Every message, newest first; `token` is a ticket in a link."""
    if token is not None:
        return await _by_link(request, services, visitor, token, live=live)
    if visitor is None:
        return _door()
    asked = {"channel": channel, "run": run, "customer": customer, "words": words}
    wanted = {name: one for name, one in asked.items() if one}
    try:
        told = await asyncio.to_thread(_lines, services.stores, visitor.tenant, cursor, wanted)
    except Refused:
        return _absent()
    return _list(visitor, told, refresh=REFRESH_SECONDS if live else None)


async def _by_link(
    request: Request, services: Services, visitor: Visit | None, token: str, *, live: bool
) -> Response:
    there = RedirectResponse("/outbox?live=true" if live else "/outbox", 303)
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        # Nobody is signed in by a page of somebody else that leads here.
        return _door(wrong=COPY_IT, status=403)
    ticket = services.tickets.redeem(token)
    try:
        if ticket is not None:
            return await enter(request, services, there, await by_link(services, ticket))
    except Refused:
        pass
    return there if visitor is not None else _door(wrong=USED_UP)


@router.post("/outbox/session")
async def open_session(request: Request, services: Held) -> Response:
    """Exchange an API key for a sign-in."""
    if not is_ours(request):
        return _door(wrong="Enter your key on this page.", status=403)
    text = await bought(services, (await form(request)).get("key", "").strip())
    if text is None:
        return _door(wrong="This key is unknown, expired, revoked, or may not read.", status=401)
    return await enter(request, services, RedirectResponse("/outbox", 303), text)


@router.post("/outbox/session/end")
async def end_session(request: Request, services: Held) -> Response:
    """End the sign-in of this browser."""
    return await leave(request, services, RedirectResponse("/outbox", 303))


@router.get("/outbox/{message}")
async def show_message(
    services: Held, visitor: Visitor, message: str, view: Word = None
) -> Response:
    """One message as its receiver has it, with what became of it and what policy said."""
    if visitor is None:
        return _door()
    return await _shown(services, visitor, message, view)


@router.post("/outbox/{message}/acts")
async def act_on_message(
    request: Request, services: Held, visitor: Visitor, message: str, view: Word = None
) -> Response:
    """Do with a message what a button says."""
    if visitor is None:
        return _door(status=401)
    if not visitor.acts or not is_ours(request):
        return await _shown(services, visitor, message, view, "You may look, and do nothing here.")
    fields = await form(request)
    try:
        deed = Deed.model_validate(_deed(fields)).model_dump(exclude_none=True)
        await acted(request.app, services, visitor.tenant, message, deed)
    except ValidationError:
        return await _shown(services, visitor, message, view, "That is nothing one could do.")
    except Ending as ending:
        return await _shown(services, visitor, message, view, ending.message)
    more = "?" + urlencode({"view": view}) if view else ""
    return RedirectResponse(f"/outbox/{quote(message, safe='')}{more}", 303)


@router.post("/outbox/deliveries/{delivery}/resend")
async def send_once_more(
    request: Request, services: Held, visitor: Visitor, delivery: str
) -> Response:
    """Send once more what was not sent, or may not have been, as the API does, and show the run
    that does it."""
    if visitor is None:
        return _door(status=401)
    fields = await form(request)
    try:
        sent = await _resent(request, services, delivery, fields)
    except Ending as ending:
        told = await asyncio.to_thread(_lines, services.stores, visitor.tenant, None, {})
        return _list(visitor, told, wrong=ending.message)
    return RedirectResponse("/outbox?" + urlencode({"run": sent.run}), 303)


async def _resent(
    request: Request, services: Services, delivery: str, fields: dict[str, str]
) -> Resent:
    by = await operator(services, request) if is_ours(request) else None
    if by is None:
        raise Refused("api.forbidden", "To send it once more takes a key of the role operator.")
    count(request, services.limits.asked(by, intent=False))
    reason, twice = fields.get("reason", "").strip(), fields.get("twice") == "yes"
    if not 0 < len(reason) <= REASON:
        raise Refused("api.invalid-request", f"Say why, in {REASON} characters at most.")
    subject = Subject(type="delivery", id=named(delivery))
    details: dict[str, Any] = {"reason": named(reason), "twice": twice}
    act = Act(by.tenant, actor_of(by), "delivery.resent", subject, details)
    if by.on_behalf_of is not None:
        act.note(on_behalf_of=named(by.on_behalf_of))
    async with acting(services, act):
        return await services.resending.resend(by, delivery, twice=twice)


def _list(visitor: Visit, told: dict[str, Any], **more: Any) -> Response:
    told = {"wrong": None, "refresh": None, **told, "resends": visitor.resends, **more}
    status = 200 if told["wrong"] is None else 409
    return page("outbox.html", "Outbox", status=status, live=True, section="outbox", **told)


async def _shown(
    services: Services, visitor: Visit, message: str, view: str | None, wrong: str | None = None
) -> Response:
    try:
        told = await asyncio.to_thread(_message, services, visitor.tenant, message, view)
    except Refused:
        told = None
    if told is None:
        return _absent()
    title = told["mail"]["subject"]
    told["may"], told["resends"] = visitor.acts, visitor.resends
    styled = told["view"] == "html"
    status = 200 if wrong is None else 409
    return page(
        "message.html",
        title,
        status=status,
        styled_mail=styled,
        live=True,
        section="outbox",
        wrong=wrong,
        **told,
    )


def _lines(
    stores: Stores, tenant: str, cursor: str | None, wanted: dict[str, str]
) -> dict[str, Any]:
    now = datetime.now(UTC)
    latest = wanted.get("channel") in BROWSED
    found = stores.outbox.list(tenant, cursor, LINES + 1, latest=latest, **wanted)
    lines = []
    for one in found[:LINES]:
        delivery = stores.ledger.get(tenant, one.delivery)
        lines.append(story.line(one, delivery.state if delivery else None, now))
    more = len(found) > LINES
    older = _address({**wanted, "cursor": found[LINES - 1].id}) if more else None
    first = cursor is None and not wanted
    doubts = [one for state in DOUBTS for one in stores.ledger.list(tenant, state=state, limit=20)]
    return {
        "lines": lines,
        "older": older,
        "newest": _address(wanted),
        "first": cursor is None,
        "doubts": [story.doubt(one, now) for one in doubts] if first else [],
        "filtered": bool(wanted),
        **_choices(wanted),
    }


def _choices(wanted: dict[str, str]) -> dict[str, Any]:
    """The ways to narrow the list down, and to widen it again."""
    rest = {name: one for name, one in wanted.items() if name != "channel"}
    every = [(None, "All"), *story.CHANNELS.items()]
    return {
        "channels": [
            {
                "href": _address({**rest, "channel": one} if one else rest),
                "icon": one or "all",
                "said": said,
                "current": wanted.get("channel") == one,
            }
            for one, said in every
        ],
        "words": wanted.get("words", ""),
        "kept": [(name, one) for name, one in wanted.items() if name != "words"],
        "narrowed": [
            {
                "said": name,
                "value": wanted[name],
                "href": _address({key: one for key, one in wanted.items() if key != name}),
            }
            for name in ("run", "customer")
            if name in wanted
        ],
    }


def _address(wanted: dict[str, str]) -> str:
    return "/outbox?" + urlencode(wanted) if wanted else "/outbox"


def _message(services: Services, tenant: str, id: str, view: str | None) -> dict[str, Any] | None:
    now, stores = datetime.now(UTC), services.stores
    found = stores.outbox.get(tenant, id)
    if found is None:
        return None
    delivery = stores.ledger.get(tenant, found.delivery)
    attempts = stores.ledger.attempts(tenant, found.delivery)
    events = stores.ledger.events(tenant, found.delivery)
    decisions = story.of_step(stores.decisions.list(tenant, found.run), found.step)
    key = base64.b64encode(Seal.of(services.settings.home).secret(tenant)).decode()
    thread = stores.outbox.thread(tenant, id)
    channel = found.channel if found.channel in story.CHANNELS else None
    back = {"channel": channel} if channel else {}
    return {
        **scenes.scene(found, thread, f"whsec_{key}", view, now),
        "mail": story.mail(found, delivery, now),
        "events": [
            *(story.told(one, now) for one in events),
            *(story.posted(one, now) for one in found.acts if one["act"] == "unsubscribe"),
        ],
        "deeds": scenes.deeds(found),
        "attempts": [story.attempt(one, now) for one in attempts],
        "decisions": [story.decision(one, now) for one in decisions],
        "back": {"href": _address(back), "said": story.CHANNELS.get(found.channel, "Outbox")},
    }


def _deed(fields: dict[str, str]) -> dict[str, Any]:
    deed: dict[str, Any] = {
        name: fields[name] for name in ("act", "text", "digits", "url") if fields.get(name)
    }
    if fields.get("name"):
        deed["properties"] = {fields["name"]: fields.get("value", "")}
    return deed


def _door(*, wrong: str | None = None, status: int = 200) -> Response:
    return page("door.html", "Outbox", status=status, wrong=wrong)


def _absent() -> Response:
    return page("absent.html", "Not here", status=404, section="outbox")
