"""Where a browser gets its pass for the codec server."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from solution_api import cookies
from solution_api.auth import Held
from solution_api.bodies import raw
from solution_api.codec_door import COOKIE, LIFE, Passes, origins
from solution_api.pages.render import page
from solution_api.pages.session import signed_in
from solution_api.services import Services
from solution_api.standing import may
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter()

PATH = "/v1/codec"


@router.get("/codec")
async def codec_door(
    request: Request,
    services: Held,
    signed: Annotated[bool, Query(description="Just signed in.")] = False,
) -> Response:
    """Takes an API key, and says how Temporal's pages are to ask."""
    found = None if signed else await signed_in(services, request)
    entered = found is not None and await may(services.stores, found[1].principal, "watch")
    return _page(services, _base(request), signed=signed or entered, person=entered)


@router.post("/codec/session")
async def open_codec_session(request: Request, services: Held) -> Response:
    """Exchange an API key for a pass."""
    form = dict(parse_qsl((await raw(request, 4096)).decode("utf-8", "replace")))
    key = form.get("key", "").strip()
    if not await _may_read(services, key):
        wrong = "This key is unknown, expired, revoked, or may not read payloads."
        return _page(services, _base(request), wrong=wrong, status=401)
    response = RedirectResponse("/codec?signed=true", 303)
    sealed = Passes(services.pepper).issue(key)
    cookies.keep(request, response, COOKIE, sealed, path=PATH, life=LIFE)
    return response


@router.post("/codec/session/end")
async def end_codec_session(request: Request) -> Response:
    """Forget the pass."""
    response = RedirectResponse("/codec", 303)
    cookies.drop(request, response, COOKIE, path=PATH)
    return response


def _base(request: Request) -> str:
    services: Services = request.app.state.services
    return (services.settings.public_base_url or str(request.base_url)).rstrip("/")


async def _may_read(services: Services, key: str) -> bool:
    try:
        known = await services.bearers.holder(key)
    except Refused:
        return False
    if known is None:
        return False
    return await may(services.stores, known.principal, "watch")


def _page(
    services: Services,
    base: str,
    *,
    wrong: str | None = None,
    signed: bool = False,
    person: bool = False,
    status: int = 200,
) -> Response:
    (there,) = origins(services.settings)
    return page(
        "codec.html",
        "Payloads in Temporal",
        status=status,
        wrong=wrong,
        signed=signed,
        person=person,
        there=there,
        endpoint=f"{base}{PATH}/{services.settings.temporal_namespace}",
    )
