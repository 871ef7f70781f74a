"""Which pages may read what widgets are answered: those of the token's origin, exactly."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["WidgetCors"]

BELOW = "/v1/widgets/"
TOKENS = "/v1/widgets/tokens"
"""Bought by back ends, never by a page."""
METHODS = "GET, POST, PUT"
TAKEN = "authorization, content-type, idempotency-key, last-event-id"
MINUTES = "600"


class WidgetCors:
    """Answers preflights, and lets a page read an answer once its origin is known to be right."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(BELOW) or path == TOKENS:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        asked = headers.get("access-control-request-method")
        if scope["method"] == "OPTIONS" and origin is not None and asked is not None:
            # A preflight has no token; what it allows is only to ask with one.
            await Response(status_code=204, headers=_preflight(origin))(scope, receive, send)
            return

        async def sharing(message: Message) -> None:
            if message["type"] == "http.response.start" and origin is not None:
                answered = MutableHeaders(scope=message)
                answered.add_vary_header("Origin")
                known = scope.get("state", {}).get("widget_origin")
                # That a token is none is no secret, and tells the widget to get another.
                if known == origin or message["status"] == 401:
                    answered["Access-Control-Allow-Origin"] = origin
                    answered["Access-Control-Expose-Headers"] = "Retry-After"
            await send(message)

        await self._app(scope, receive, sharing)


def _preflight(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": TAKEN,
        "Access-Control-Max-Age": MINUTES,
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
