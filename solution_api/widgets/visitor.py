"""Who looks at a page: the holder of a token, shown from where it may be shown."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from solution_api.auth import Held
from solution_api.widgets.tokens import Scope, WidgetToken
from symphainy.errors import Refused

__all__ = ["Chatting", "Filling", "Following", "Preferring"]

bearer = HTTPBearer(
    scheme_name="widgetToken",
    bearerFormat="JWT",
    description="A token of `POST /v1/widgets/tokens`; the request comes from its origin.",
    auto_error=False,
)


def may(scope: Scope) -> Callable[..., Awaitable[WidgetToken]]:
    """A dependency: the token of the request, if it is good here and has that scope.

    Refused: widget.token, widget.expired, widget.origin, widget.scope.
    """

    async def visitor(
        request: Request,
        services: Held,
        shown: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)] = None,
    ) -> WidgetToken:
        if shown is None:
            raise Refused("widget.token", "Send `Authorization: Bearer <widget token>`.")
        origin = _origin(request, services.settings.public_base_url)
        token = services.widget_tokens.redeem(shown.credentials, origin)
        request.state.widget_origin = origin
        if scope not in token.scopes:
            has = ", ".join(token.scopes) or "nothing"
            raise Refused("widget.scope", f"The token is for {has}, not for {scope}.")
        return token

    return visitor


def _origin(request: Request, base: str | None) -> str | None:
    """Where the page is. Browsers leave it out for pages of this very server."""
    origin = request.headers.get("origin")
    if origin is None and request.headers.get("sec-fetch-site") == "same-origin":
        return (base or str(request.base_url)).rstrip("/")
    return origin


Chatting = Annotated[WidgetToken, Depends(may("chat"))]
Following = Annotated[WidgetToken, Depends(may("status"))]
Preferring = Annotated[WidgetToken, Depends(may("preferences"))]
Filling = Annotated[WidgetToken, Depends(may("form"))]
