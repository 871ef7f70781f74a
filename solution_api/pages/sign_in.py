"""Where people sign in by their identity provider, see where they are signed in, and sign out."""

import asyncio
import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from public_works.sign_ins import SignIn
from smart_city.trust import SLUG
from solution_api import cookies
from solution_api.auth import Held
from solution_api.bodies import form
from solution_api.challenges import base_of
from solution_api.codec_door import SIGN_IN
from solution_api.limits_door import count, source
from solution_api.pages.render import page
from solution_api.pages.session import enter, is_ours, signed_in
from solution_api.services import Services
from solution_api.signing_in import MINUTES, arrive, ended, leave_for, opened, sealed
from symphainy.codes import CODES
from symphainy.errors import Ending, Unavailable

__all__ = ["router"]

router = APIRouter()

PENDING = "symphainy_arriving"
PAGES: Mapping[str, str] = MappingProxyType(
    {"outbox": "/outbox", "codec": "/codec", "you": "/sign-in"}
)
"""Where somebody may want to be: no address of anybody else's is ever gone to."""
NOT_OURS = "Sign in from this page, in one browser, and within ten minutes."

Tenant = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")]
Issuer = Annotated[str, Path(pattern=SLUG)]
To = Annotated[str, Query(max_length=20)]


@router.get("/sign-in")
async def show_sign_in(request: Request, services: Held, to: To = "you") -> Response:
    """Who is signed in here, and where else; or the providers of the platform's own tenant."""
    return await _page(request, services, services.settings.tenant, to)


@router.get("/sign-in/at/{tenant}")
async def show_tenant(request: Request, services: Held, tenant: Tenant, to: To = "you") -> Response:
    """The providers by which people of a tenant sign in."""
    return await _page(request, services, tenant, to)


@router.post("/sign-in/at/{tenant}/{issuer}")
async def leave_for_provider(
    request: Request, services: Held, tenant: Tenant, issuer: Issuer
) -> Response:
    """Go to the provider, with what binds its answer to this browser."""
    to = (await form(request, 4096)).get("to", "you")
    if not is_ours(request):
        return await _page(request, services, tenant, to, NOT_OURS, 403)
    try:
        there = await leave_for(services, tenant, issuer, base=base_of(request), to=to)
    except Ending as ending:
        return await _page(request, services, tenant, to, ending.message, _status(ending))
    # A form may lead to pages of ours alone, so that it is a page which leads on.
    response = page("going.html", "Signing in", going=there.url, section="sign-in")
    value = sealed(services, there.pending)
    cookies.keep(
        request, response, PENDING, value, path="/sign-in", life=MINUTES * 60, arriving=True
    )
    return response


@router.get("/sign-in/return")
async def return_from_provider(request: Request, services: Held) -> Response:
    """Where providers send browsers back to."""
    # Answers 401 are counted, so that nobody asks a provider about codes without end.
    came = source(request)
    count(request, services.limits.patient(came, hashlib.sha256(came.encode()).digest()))
    pending = opened(services, cookies.shown(request, PENDING))
    if pending is None:
        return await _page(request, services, services.settings.tenant, "you", NOT_OURS, 400)
    try:
        _, text = await arrive(services, pending, dict(request.query_params), base=base_of(request))
    except Ending as ending:
        response = await _page(
            request, services, pending.tenant, pending.to, _said(ending), _status(ending)
        )
        cookies.forget(request, response, PENDING, path="/sign-in")
        return response
    response = RedirectResponse(PAGES.get(pending.to, PAGES["you"]), 303)
    cookies.forget(request, response, PENDING, path="/sign-in")
    return await enter(request, services, response, text, arriving=True)


@router.post("/sign-in/end")
async def sign_out(request: Request, services: Held) -> Response:
    """Be signed in no more: with this browser, with another one, or with all of them."""
    which = (await form(request, 4096)).get("which", "")
    if not is_ours(request):
        return await _page(request, services, services.settings.tenant, "you", NOT_OURS, 403)
    response = RedirectResponse("/sign-in", 303)
    found = await signed_in(services, request)
    if found is None:
        cookies.drop(request, response, SIGN_IN, path="/")
        return response
    here, holder = found
    mine = await asyncio.to_thread(services.stores.sign_ins.list, here.tenant, holder.principal.id)
    over = {one.id for one in mine if which in ("all", one.id)} if which else {here.id}
    for id in over:
        await ended(services, id, holder.principal)
    if here.id in over:
        cookies.drop(request, response, SIGN_IN, path="/")
    return response


async def _page(
    request: Request,
    services: Services,
    tenant: str,
    to: str,
    wrong: str | None = None,
    status: int = 200,
) -> Response:
    found = await signed_in(services, request)
    told: dict[str, Any] = {"here": None, "mine": [], "providers": []}
    if found is not None:
        here, holder = found
        by = holder.principal
        mine = await asyncio.to_thread(services.stores.sign_ins.list, by.tenant, by.id)
        told = {
            "here": {"id": by.id, "roles": ", ".join(sorted(by.roles)) or "none"},
            "mine": [_line(one, here) for one in mine],
            "providers": [],
        }
    elif status != 404:
        told["providers"] = await asyncio.to_thread(_providers, services, tenant)
    told |= {"section": "sign-in", "wrong": wrong, "tenant": tenant}
    told["to"] = to if to in PAGES else "you"
    return page("sign_in.html", "You", status=status, **told)


def _providers(services: Services, tenant: str) -> list[str]:
    fixed = [one for one in services.bearers.fixed if one.tenant == tenant]
    every = [*fixed, *services.stores.issuers.list(tenant)]
    return list(dict.fromkeys(one.id for one in every if one.said.sign_in is not None))


def _line(one: SignIn, here: SignIn) -> dict[str, Any]:
    return {
        "id": one.id,
        "current": one.id == here.id,
        "by": one.issuer or (f"key {one.key}" if one.key else "the printed link"),
        "created": f"{one.created:%Y-%m-%d %H:%M} UTC",
        "seen": f"{one.seen:%Y-%m-%d %H:%M} UTC",
    }


def _said(ending: Ending) -> str:
    known = CODES.get(ending.code)
    # What a provider answered is not for its pages to be shown as ours.
    return f"{known.title if known else 'Signing in failed'} ({ending.code})."


def _status(ending: Ending) -> int:
    if isinstance(ending, Unavailable):
        return 503
    known = CODES.get(ending.code)
    return known.status if known else 400
