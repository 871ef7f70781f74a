"""What keeps answers and listeners safe."""

import ipaddress

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SafeHeaders", "is_loopback"]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
}

ALWAYS = "max-age=31536000; includeSubDomains"


class SafeHeaders:
    """Sets what a route has not set itself: nothing is sniffed, kept, framed or run."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if _encrypted(scope):
                    headers.setdefault("Strict-Transport-Security", ALWAYS)
            await send(message)

        await self._app(scope, receive, safely if scope["type"] == "http" else send)


def _encrypted(scope: Scope) -> bool:
    """Whether the world reaches the platform by https, which ends in front of it."""
    public: str | None = scope["app"].state.services.settings.public_base_url
    return (public or "").startswith("https://")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
