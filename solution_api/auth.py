"""Who is asking, and what roles let them do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from solution_api.services import Services
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = [
    "ROLES",
    "Action",
    "Anybody",
    "Author",
    "Held",
    "Operator",
    "Reader",
    "allowed",
    "held",
]

Action = Literal["read", "register", "operate", "decide"]

ROLES: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        "viewer": frozenset({"read"}),
        "author": frozenset({"read", "register"}),
        "operator": frozenset({"read", "operate"}),
        "admin": frozenset({"read", "register", "operate"}),
    }
)
"""What each role may do. Who decides on an approval is its policy's to say: anybody may try."""

bearer = HTTPBearer(
    scheme_name="apiKey",
    description="An API key, `sym_<environment>_<id>_<secret>_<checksum>`.",
    auto_error=False,
)


def allowed(roles: Iterable[str], action: Action) -> bool:
    """Whether one of `roles` lets its holder do `action`."""
    return action == "decide" or any(action in ROLES.get(role, ()) for role in roles)


def held(request: Request) -> Services:
    """The services of this process."""
    services: Services = request.app.state.services
    return services


Held = Annotated[Services, Depends(held)]


def may(action: Action) -> Callable[..., Awaitable[Principal]]:
    """A dependency: the principal of the request, if its roles allow `action`.

    Refused: api.unauthenticated, api.forbidden.
    """

    async def principal(
        services: Held,
        shown: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)] = None,
    ) -> Principal:
        if shown is None:
            raise Refused("api.unauthenticated", "Send `Authorization: Bearer <API key>`.")
        key = shown.credentials
        known = await asyncio.to_thread(services.stores.keys.authenticate, key)
        if known is None:
            raise Refused("api.unauthenticated", "The API key is unknown, expired or revoked.")
        if not allowed(known.roles, action):
            raise Refused("api.forbidden", f"To {action} takes {_spoken(action)}.")
        return known

    return principal


def _spoken(action: Action) -> str:
    roles = [role for role, actions in ROLES.items() if action in actions]
    return f"one of the roles {', '.join(roles)}"


Reader = Annotated[Principal, Depends(may("read"))]
Author = Annotated[Principal, Depends(may("register"))]
Operator = Annotated[Principal, Depends(may("operate"))]
Anybody = Annotated[Principal, Depends(may("decide"))]
