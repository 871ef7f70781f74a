"""Pages for end customers: what they want to hear about, and out of what they had enough of."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from public_works.customers import Customer
from public_works.links import Link
from solution_api.auditing import acting, leaving, preferring
from solution_api.auth import Held
from solution_api.bodies import raw
from solution_api.choices import Choice, titled
from solution_api.pages.render import ENVIRONMENT, POLICY
from solution_api.pages.words import spoken, words
from solution_api.services import Services
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter()

STYLE = """\
:root {{ --brand: {brand}; --on-brand: {on}; }}
"""


@router.get("/pages/wishes.css")
async def wishes_style(services: Held) -> Response:
    """The style sheet of these pages, in the client's colour."""
    brand = services.settings.brand_color
    text = await asyncio.to_thread(_sheet)
    sheet = STYLE.format(brand=brand, on=_readable_on(brand)) + text
    return Response(sheet, media_type="text/css", headers={"Cache-Control": "max-age=60"})


@router.get("/v1/unsubscribe/{token}")
async def ask_to_unsubscribe(request: Request, services: Held, token: str) -> Response:
    """A page with a button; scanners of mails follow links, so this changes nothing."""
    link = _link(services, token, "unsubscribe")
    language = await _language(services, request, link)
    if link is None:
        return _gone(services, language)
    return _page(
        services, "unsubscribe.html", language, "unsubscribe", what=_what(services, link, language)
    )


@router.post("/v1/unsubscribe/{token}")
async def unsubscribe(request: Request, services: Held, token: str) -> Response:
    """Take somebody at their word: by the button, or by their mail program (RFC 8058)."""
    link = _link(services, token, "unsubscribe")
    language = await _language(services, request, link)
    if link is None:
        return _gone(services, language)
    async with acting(services, leaving(services, link)):
        await asyncio.to_thread(services.chooser.leave, link, "unsubscribe")
    page = None
    if link.customer is not None:
        about = Link(use="preferences", tenant=link.tenant, customer=link.customer)
        page = f"/preferences/{services.links.token(about)}"
    what = _what(services, link, language)
    return _page(services, "left.html", language, "left", what=what, preferences=page)


@router.get("/preferences/{token}")
async def show_preferences(
    request: Request,
    services: Held,
    token: str,
    saved: Annotated[bool, Query()] = False,
    lang: Annotated[str | None, Query(max_length=35)] = None,
) -> Response:
    """What a customer can hear about, with what they want ticked."""
    link = _link(services, token, "preferences")
    language = await _language(services, request, link, lang)
    person = await _customer(services, link)
    if person is None:
        return _gone(services, language)
    offered = await asyncio.to_thread(services.chooser.offered, person)
    groups = _groups(services, offered, language)
    return _page(services, "preferences.html", language, "preferences", groups=groups, saved=saved)


@router.post("/preferences/{token}")
async def save_preferences(request: Request, services: Held, token: str) -> Response:
    """Take down what is ticked, and that the rest is not wanted."""
    link = _link(services, token, "preferences")
    person = await _customer(services, link)
    if person is None:
        return _gone(services, await _language(services, request, link))
    form = parse_qs((await raw(request)).decode("utf-8", "replace"))
    ticked = set() if "nothing" in form else set(form.get("choice", ()))
    offered = await asyncio.to_thread(services.chooser.offered, person)
    wanted = {one.key: _name(one) in ticked for one in offered}
    async with acting(services, preferring(services, person, "page")):
        await asyncio.to_thread(services.chooser.choose, person, wanted, "preferences")
    # By a request of its own, so that going back or reloading sends nothing again.
    return RedirectResponse(f"/preferences/{token}?saved=true", 303)


def _link(services: Services, token: str, use: str) -> Link | None:
    link = services.links.open(token)
    return link if link is not None and link.use == use else None


async def _customer(services: Services, link: Link | None) -> Customer | None:
    if link is None or link.customer is None:
        return None
    try:
        return await asyncio.to_thread(services.chooser.customer, link.tenant, link.customer)
    except Refused:
        return None


async def _language(
    services: Services, request: Request, link: Link | None, asked: str | None = None
) -> str:
    """The customer's language if pages speak it, else the browser's."""
    person = await _customer(services, link)
    own = person.locale if person else None
    return spoken(asked, own, *request.headers.get("accept-language", "").split(","))


def _what(services: Services, link: Link, language: str) -> str:
    """What they had enough of, in words."""
    said = words(language)
    kind, _, name = (link.scope or "").partition(":")
    what = titled(services.settings, name, language) if kind == "topic" else said["marketing"]
    channel = said["channels"].get(link.channel or "", link.channel or "")
    return f"{what} ({channel})"


def _name(choice: Choice) -> str:
    return f"{choice.channel}:{choice.topic or ''}"


def _groups(services: Services, offered: list[Choice], language: str) -> list[dict[str, Any]]:
    said = words(language)
    groups: dict[str | None, dict[str, Any]] = {}
    for one in offered:
        if one.topic not in groups:
            topic = one.topic
            title = titled(services.settings, topic, language) if topic else said["marketing"]
            groups[topic] = {"title": title, "choices": []}
        channel = said["channels"].get(one.channel, one.channel)
        tick = {"name": _name(one), "channel": channel, "wanted": one.wanted}
        groups[one.topic]["choices"].append(tick)
    return list(groups.values())


def _gone(services: Services, language: str) -> Response:
    return _page(services, "gone.html", language, "gone", status=404)


def _page(
    services: Services, template: str, language: str, title: str, status: int = 200, **data: Any
) -> HTMLResponse:
    said: Mapping[str, Any] = words(language)
    around = {"say": said, "language": language, "brand": services.settings.brand_name}
    body = ENVIRONMENT.get_template(f"wishes/{template}").render(**around, **data)
    inner = Markup(body)  # noqa: S704 - escaped when it was rendered
    shell = ENVIRONMENT.get_template("wishes/shell.html")
    text = shell.render(title=said[title], body=inner, **around)
    headers = {"Content-Security-Policy": POLICY.format(inline=""), "X-Robots-Tag": "noindex"}
    return HTMLResponse(text, status, headers=headers)


def _sheet() -> str:
    return ENVIRONMENT.get_template("wishes/wishes.css").render()


def _readable_on(colour: str) -> str:
    """Black or white, whichever is easier to read on `colour` (WCAG 2 relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"
