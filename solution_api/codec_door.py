"""The codec server's door for browsers: which pages may ask, and in whose name.

A browser in which somebody signed in shows its cookie. Of one bought with a key, roles, limits and
end are those of the key. It counts for requests of Temporal's own pages alone.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_works import Settings
from solution_api import cookies

__all__ = ["BELOW", "SIGN_IN", "CodecDoor", "origins"]

BELOW = "/v1/codec/"
SIGN_IN = "symphainy_sign_in"
TAKEN = "authorization, content-type, x-namespace"
MINUTES = "600"


def origins(settings: Settings) -> frozenset[str]:
    """Whose pages may ask: those of Temporal's UI."""
    url = settings.temporal_ui_url or f"http://127.0.0.1:{settings.temporal_ui_port}"
    parts = urlsplit(url)
    return frozenset({f"{parts.scheme}://{parts.netloc}"})


class CodecDoor:
    """Answers preflights of Temporal's pages, lets them read answers, and takes a sign-in for
    a key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope.get("path", "").startswith(BELOW):
            await self._app(scope, receive, send)
            return
        services = scope["app"].state.services
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or origin not in origins(services.settings):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=_preflight(origin))(scope, receive, send)
            return
        if "authorization" not in headers:
            # Only here, where pages of Temporal alone may ask, does a sign-in stand for a key.
            request = Request(scope)
            request.state.signed_in = cookies.shown(request, SIGN_IN)

        async def sharing(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                answered.add_vary_header("Origin")
                answered["Access-Control-Allow-Origin"] = origin
                answered["Access-Control-Allow-Credentials"] = "true"
            await send(message)

        await self._app(scope, receive, sharing)


def _preflight(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": TAKEN,
        "Access-Control-Max-Age": MINUTES,
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
