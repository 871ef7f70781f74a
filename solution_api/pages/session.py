"""Who looks at the pages: somebody who signed in, by an API key, by the link that the platform
printed, or by their identity provider."""

import asyncio
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Response

from public_works.keys import Holder
from public_works.sign_ins import SignIn
from smart_city.roles import barred
from smart_city.scope import EVERYWHERE, Scope
from solution_api import cookies
from solution_api.auth import Held
from solution_api.codec_door import SIGN_IN
from solution_api.services import Services
from solution_api.signing_in import by_key, ended
from solution_api.standing import may, within
from symphainy.identity import Principal

__all__ = [
    "Visit",
    "Visitor",
    "bought",
    "enter",
    "is_ours",
    "leave",
    "looks",
    "operator",
    "signed_in",
]


class Visit(NamedTuple):
    """Whose pages somebody may look at."""

    tenant: str
    acts: bool
    """Whether they may do something with messages, too."""
    resends: bool = False
    """Whether they may have messages sent once more: whoever came by a link is nobody."""


async def signed_in(services: Services, request: Request) -> tuple[SignIn, Holder] | None:
    """Who signed in with the browser that asks, and what they may do now."""
    shown = cookies.shown(request, SIGN_IN)
    return await services.bearers.signed_in(shown) if shown else None


async def _visitor(request: Request, services: Held) -> Visit | None:
    found = await signed_in(services, request)
    visit = None if found is None else await looks(services, found[1])
    if found is None or visit is None:
        return None
    return visit._replace(resends=visit.acts and not found[0].by_link)


Visitor = Annotated[Visit | None, Depends(_visitor)]


async def bought(services: Services, key: str, *, acting: bool = False) -> str | None:
    """What proves a sign-in that begins with the API key `key`; None if the key may not read, or
    not act where that is asked for."""
    known = await asyncio.to_thread(services.stores.keys.authenticate, key)
    visit = None if known is None else await looks(services, known)
    if known is None or visit is None or (acting and not visit.acts):
        return None
    return await by_key(services, known)


async def looks(services: Services, known: Holder) -> Visit | None:
    """What somebody may see of the pages at this moment; None if they may not even look."""
    here = (services.settings.environment, EVERYWHERE)
    if known.environment not in here or _limited(known.scope):
        return None
    who, stores = known.principal, services.stores
    who = await within(stores, who, solution=None, environment=services.settings.environment)
    if not await may(stores, who, "read"):
        return None
    acts = await may(stores, who, "operate") and not known.scope.read_only
    return Visit(who.tenant, acts)


def _limited(scope: Scope) -> bool:
    """Whether a key of that scope is for less than the outbox, which shows all solutions, to
    browsers that may be anywhere."""
    return any(one is not None for one in (scope.solutions, scope.endpoints, scope.networks))


async def operator(services: Services, request: Request) -> Principal | None:
    """Who looks, if they may do more than play the world; None for who came by a link."""
    found = await signed_in(services, request)
    if found is None or found[0].by_link or barred(found[1].principal.kind, "operate"):
        return None
    visit = await looks(services, found[1])
    if visit is None or not visit.acts:
        return None
    here = services.settings.environment
    return await within(services.stores, found[1].principal, solution=None, environment=here)


async def enter(
    request: Request,
    services: Services,
    response: Response,
    text: str,
    *,
    arriving: bool = False,
) -> Response:
    """`response`, leaving with the browser what proves its sign-in; the one before is over."""
    before = await signed_in(services, request)
    if before is not None:
        found, holder = before
        await ended(services, found.id, holder.principal)
    life = int(services.stores.sign_ins.life.total_seconds())
    cookies.keep(request, response, SIGN_IN, text, path="/", life=life, arriving=arriving)
    return response


async def leave(request: Request, services: Services, response: Response) -> Response:
    """`response`, with the browser's sign-in over and nothing left of it there, if a page of ours
    asks."""
    if not is_ours(request):
        return response
    found = await signed_in(services, request)
    if found is not None:
        await ended(services, found[0].id, found[1].principal)
    cookies.drop(request, response, SIGN_IN, path="/")
    return response


def is_ours(request: Request) -> bool:
    """Whether a page of ours asks; browsers say so, others have no cookie to abuse."""
    return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
