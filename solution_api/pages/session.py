"""Who looks at the pages: a ticket in a cookie, bought with an API key or handed over, or somebody
who signed in by their identity provider."""

import asyncio
from typing import Annotated

from fastapi import Depends, Request, Response

from public_works.keys import Holder
from public_works.sign_ins import SignIn
from smart_city.roles import barred
from smart_city.scope import EVERYWHERE, Scope
from solution_api import cookies
from solution_api.auth import Held
from solution_api.codec_door import SIGN_IN
from solution_api.services import Services
from solution_api.signing_in import ended
from solution_api.standing import may, within
from solution_api.tickets import LIFE, Ticket
from symphainy.identity import Principal

__all__ = [
    "SIGN_IN",
    "Visitor",
    "admitted",
    "enter",
    "leave",
    "leave_signed_in",
    "may_act",
    "may_resend",
    "operator",
    "signed_in",
    "ticket_for",
]

COOKIE = "symphainy_outbox"
PATH = "/outbox"


async def admitted(services: Services, text: str | None) -> Ticket | None:
    """The ticket, if it is good and whoever bought it may still look, with what they may do now."""
    ticket = services.tickets.redeem(text) if text else None
    if ticket is None or ticket.key is None:
        return ticket
    known = await asyncio.to_thread(services.stores.keys.holder, ticket.tenant, ticket.key)
    acts = None if known is None else await _acts(services, known)
    return None if acts is None else ticket.model_copy(update={"acts": acts})


async def signed_in(services: Services, request: Request) -> tuple[SignIn, Holder] | None:
    """Who signed in with the browser that asks, and what they may do now."""
    shown = cookies.shown(request, SIGN_IN)
    return await services.bearers.signed_in(shown) if shown else None


async def _visitor(request: Request, services: Held) -> Ticket | None:
    ticket = await admitted(services, cookies.shown(request, COOKIE))
    if ticket is not None:
        return ticket
    found = await signed_in(services, request)
    acts = None if found is None else await _acts(services, found[1])
    if found is None or acts is None:
        return None
    made, holder = found
    return Ticket(tenant=holder.principal.tenant, key=made.id, acts=acts, expires=made.expires)


Visitor = Annotated[Ticket | None, Depends(_visitor)]


async def ticket_for(services: Services, key: str) -> str | None:
    """A ticket for the holder of the API key `key`; None if the key may not read."""
    known = await asyncio.to_thread(services.stores.keys.authenticate, key)
    acts = None if known is None else await _acts(services, known)
    if known is None or acts is None:
        return None
    return services.tickets.issue(known.principal.tenant, key=known.key, acts=acts)


async def _acts(services: Services, known: Holder) -> bool | None:
    """Whether somebody may do something with messages; None if they may not even look."""
    here = (services.settings.environment, EVERYWHERE)
    if known.environment not in here or _limited(known.scope):
        return None
    who, stores = known.principal, services.stores
    who = await within(stores, who, solution=None, environment=services.settings.environment)
    if not await may(stores, who, "read"):
        return None
    return await may(stores, who, "operate") and not known.scope.read_only


def _limited(scope: Scope) -> bool:
    """Whether a key of that scope is for less than the outbox, which shows all solutions, to
    browsers that may be anywhere."""
    return any(one is not None for one in (scope.solutions, scope.endpoints, scope.networks))


def may_act(visitor: Ticket) -> bool:
    """Whether the visitor may do something with messages."""
    return visitor.key is None or visitor.acts


def may_resend(visitor: Ticket) -> bool:
    """Whether the visitor may have messages sent once more: whoever came by a link is nobody."""
    return visitor.key is not None and visitor.acts


async def operator(services: Services, request: Request) -> Principal | None:
    """Who looks, if they may do more than play the world; None for who came by a link."""
    ticket = await admitted(services, cookies.shown(request, COOKIE))
    if ticket is None:
        found = await signed_in(services, request)
        known = None if found is None else found[1]
    elif ticket.key is None:
        return None
    else:
        known = await asyncio.to_thread(services.stores.keys.holder, ticket.tenant, ticket.key)
    if known is None or barred(known.principal.kind, "operate") or not await _acts(services, known):
        return None
    here = services.settings.environment
    return await within(services.stores, known.principal, solution=None, environment=here)


def enter(request: Request, response: Response, ticket: str) -> Response:
    """`response`, leaving the ticket with the browser."""
    life = int(LIFE.total_seconds())
    cookies.keep(request, response, COOKIE, ticket, path=PATH, life=life)
    return response


def leave(request: Request, response: Response) -> Response:
    """`response`, taking the ticket from the browser."""
    cookies.drop(request, response, COOKIE, path=PATH)
    return response


async def leave_signed_in(services: Services, request: Request, response: Response) -> None:
    """Whoever signed in with the browser that asks is signed in there no more, on record."""
    found = await signed_in(services, request)
    if found is not None:
        await ended(services, found[0].id, found[1].principal)
        cookies.drop(request, response, SIGN_IN, path="/")
