"""Where a browser signs in for the codec server."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from public_works.keys import Holder
from solution_api.auth import Held
from solution_api.bodies import form
from solution_api.codec_door import origins
from solution_api.pages.render import page
from solution_api.pages.session import enter, is_ours, leave, signed_in
from solution_api.services import Services
from solution_api.signing_in import by_key
from solution_api.standing import may

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
    known = None if found is None or found[0].by_link else found[1].principal
    entered = known is not None and await may(services.stores, known, "watch")
    return _page(services, _base(request), signed=signed or entered, person=entered)


@router.post("/codec/session")
async def open_codec_session(request: Request, services: Held) -> Response:
    """Exchange an API key for a sign-in."""
    if not is_ours(request):
        return _page(services, _base(request), wrong="Enter your key on this page.", status=403)
    fields = await form(request, 4096)
    known = await _reader(services, fields.get("key", "").strip())
    if known is None:
        wrong = "This key is unknown, expired, revoked, or may not read payloads."
        return _page(services, _base(request), wrong=wrong, status=401)
    response = RedirectResponse("/codec?signed=true", 303)
    return await enter(request, services, response, await by_key(services, known))


@router.post("/codec/session/end")
async def end_codec_session(request: Request, services: Held) -> Response:
    """End the sign-in of this browser."""
    return await leave(request, services, RedirectResponse("/codec", 303))


def _base(request: Request) -> str:
    services: Services = request.app.state.services
    return (services.settings.public_base_url or str(request.base_url)).rstrip("/")


async def _reader(services: Services, key: str) -> Holder | None:
    known = await asyncio.to_thread(services.stores.keys.authenticate, key)
    reads = known is not None and await may(services.stores, known.principal, "watch")
    return known if reads else None


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
