"""Who looks into the outbox: a ticket in a cookie, bought with an API key or handed over."""

import asyncio
from typing import Annotated

from fastapi import Depends, Request, Response

from smart_city.scope import EVERYWHERE, Scope
from solution_api import cookies
from solution_api.auth import Held
from solution_api.services import Services
from solution_api.standing import may, within
from solution_api.tickets import LIFE, Ticket

__all__ = ["Visitor", "admitted", "enter", "leave", "may_act", "ticket_for"]

COOKIE = "symphainy_outbox"
PATH = "/outbox"


async def admitted(services: Services, text: str | None) -> Ticket | None:
    """The ticket, if it is good and the key it was bought with is still good."""
    ticket = services.tickets.redeem(text) if text else None
    if ticket is None or ticket.key is None:
        return ticket
    known = await asyncio.to_thread(services.stores.keys.get, ticket.tenant, ticket.key)
    return ticket if known is not None and known.good else None


async def _visitor(request: Request, services: Held) -> Ticket | None:
    return await admitted(services, cookies.shown(request, COOKIE))


Visitor = Annotated[Ticket | None, Depends(_visitor)]


async def ticket_for(services: Services, key: str) -> str | None:
    """A ticket for the holder of the API key `key`; None if the key may not read."""
    known = await asyncio.to_thread(services.stores.keys.authenticate, key)
    here = (services.settings.environment, EVERYWHERE)
    if known is None or known.environment not in here or _limited(known.scope):
        return None
    who = known.principal
    stores = services.stores
    who = await within(stores, who, solution=None, environment=services.settings.environment)
    if not await may(stores, who, "read"):
        return None
    acts = await may(stores, who, "operate") and not known.scope.read_only
    return services.tickets.issue(who.tenant, key=known.key, acts=acts)


def _limited(scope: Scope) -> bool:
    """Whether a key of that scope is for less than the outbox, which shows all solutions."""
    return scope.solutions is not None or scope.endpoints is not None


def may_act(visitor: Ticket) -> bool:
    """Whether the visitor may do something with messages."""
    return visitor.key is None or visitor.acts


def enter(request: Request, response: Response, ticket: str) -> Response:
    """`response`, leaving the ticket with the browser."""
    life = int(LIFE.total_seconds())
    cookies.keep(request, response, COOKIE, ticket, path=PATH, life=life)
    return response


def leave(request: Request, response: Response) -> Response:
    """`response`, taking the ticket from the browser."""
    cookies.drop(request, response, COOKIE, path=PATH)
    return response
