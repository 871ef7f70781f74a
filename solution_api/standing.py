"""What a tenant says of the roles that somebody has, wherever this decides what they may do."""

import asyncio
from collections.abc import Iterable

from public_works import Stores
from smart_city.roles import NO_OWN, ROLES, Action, OwnRoles, allowed, holding
from symphainy.identity import Principal

__all__ = ["may", "said_of", "within"]


async def said_of(stores: Stores, tenant: str, names: Iterable[str]) -> OwnRoles:
    """What the tenant says of those of `names` that are its own."""
    own = frozenset(names) - ROLES.keys()
    return await asyncio.to_thread(stores.roles.of, tenant, own) if own else NO_OWN


async def may(stores: Stores, by: Principal, action: Action) -> bool:
    """Whether the roles that `by` has, all of which hold here, allow `action`."""
    return allowed(by.roles, action, await said_of(stores, by.tenant, by.roles))


async def within(
    stores: Stores, by: Principal, *, solution: str | None, environment: str | None
) -> Principal:
    """`by` in the roles that hold for that solution in that environment."""
    own = await said_of(stores, by.tenant, by.roles)
    roles = holding(by.roles, own, solution=solution, environment=environment)
    return by.model_copy(update={"roles": roles})
