"""The door that counts: limits for strangers, and what every answer says of its limits."""

import ipaddress
import logging
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from solution_api.limits import Limits, Taken, enforce
from solution_api.problems import told
from symphainy.errors import Unavailable

__all__ = ["RateLimited", "count", "source"]

STRANGERS = ("/v1/unsubscribe/", "/preferences/", "/v1/widgets/", "/sign-in/")
"""Where no key is shown; a token is looked at behind this door. Callbacks of providers are limited
by whether they are believed (`solution_api.strangers`): some never come again after a 429."""
UNKNOWN = "unknown"

log = logging.getLogger("symphainy.api")


class RateLimited:
    """Refuses strangers who ask too often, counts answers 401, and sets the headers RateLimit
    and RateLimit-Policy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limits: Limits = scope["app"].state.services.limits
        counted = scope.setdefault("state", {}).setdefault("limits", [])

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == 401:
                    came = source(HTTPConnection(scope))
                    limits.doubted(came)
                    log.warning("not let in: %s from %s", _route(scope), came)
                _say(MutableHeaders(scope=message), counted)
            await send(message)

        if scope["path"].startswith(STRANGERS):
            try:
                request = Request(scope)
                count(request, limits.stranger(source(request), _tenant(scope)))
            except Unavailable as refusal:
                answer = await told(request, refusal)
                return await answer(scope, receive, counting)
        await self._app(scope, receive, counting)


def count(request: Request, taken: list[Taken]) -> None:
    """Let the answer to `request` tell what is left. Unavailable `api.rate-limited`."""
    request.scope["state"]["limits"].extend(taken)
    enforce(taken)


def source(request: HTTPConnection) -> str:
    """Where a request comes from: an address; of version 6 the network that somebody has."""
    if request.client is None:
        return UNKNOWN
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return request.client.host
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or address.packed[:8].hex())
    return str(address)


def _route(scope: Scope) -> str:
    """What was asked for, without what stands in addresses."""
    return f"{scope['method']} {getattr(scope.get('route'), 'path', 'an address that is none')}"


def _tenant(scope: dict[str, Any] | Scope) -> str:
    """Whom a stranger asks about, as they say themselves; tokens say it in what is sealed."""
    given = parse_qs(str(scope["query_string"], "latin-1"))
    return given.get("t", [""])[-1][:64]


def _say(headers: MutableHeaders, counted: list[Taken]) -> None:
    if counted:
        headers["RateLimit-Policy"] = ", ".join(one.policy for one in counted)
        headers["RateLimit"] = ", ".join(one.limit for one in counted)
