"""The codec server's door for browsers: which pages may ask, and in whose name.

A browser that signed in at `/codec` shows a pass, which only stands for the key it was bought
with: roles, limits and the key's end hold as if the key itself had been shown. It counts for
requests of Temporal's own pages alone.
"""

import hmac
import secrets
import time
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_works import Settings
from solution_api import cookies

__all__ = ["BELOW", "COOKIE", "LIFE", "CodecDoor", "Passes", "origins"]

BELOW = "/v1/codec/"
COOKIE = "symphainy_codec"
SIGN_IN = "symphainy_sign_in"
LIFE = 12 * 3600
TAKEN = "authorization, content-type, x-namespace"
MINUTES = "600"
NONCE = 12


class Passes:
    """Seals a key for a browser, which cannot read it; `secret` is the installation's pepper."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(hmac.digest(secret, b"symphainy.codec-pass.v1", "sha256"))

    def issue(self, key: str) -> str:
        """What stands for `key` in a cookie, for twelve hours."""
        nonce, until = secrets.token_bytes(NONCE), int(time.time()) + LIFE
        content = until.to_bytes(8, "big") + key.encode()
        return (nonce + self._cipher.encrypt(nonce, content, None)).hex()

    def key(self, text: str) -> str | None:
        """The key, if the pass is genuine and its time is not over."""
        try:
            sealed = bytes.fromhex(text)
            content = self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except (ValueError, InvalidTag):
            return None
        fresh = int.from_bytes(content[:8], "big") > time.time()
        return content[8:].decode() if fresh else None


def origins(settings: Settings) -> frozenset[str]:
    """Whose pages may ask: those of Temporal's UI."""
    url = settings.temporal_ui_url or f"http://127.0.0.1:{settings.temporal_ui_port}"
    parts = urlsplit(url)
    return frozenset({f"{parts.scheme}://{parts.netloc}"})


class CodecDoor:
    """Answers preflights of Temporal's pages, lets them read answers, and puts the key of a pass
    in its place."""

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
            scope = _with_pass(scope, Passes(services.pepper))

        async def sharing(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                answered.add_vary_header("Origin")
                answered["Access-Control-Allow-Origin"] = origin
                answered["Access-Control-Allow-Credentials"] = "true"
            await send(message)

        await self._app(scope, receive, sharing)


def _with_pass(scope: Scope, passes: Passes) -> Scope:
    request = Request(scope)
    shown = cookies.shown(request, COOKIE)
    key = passes.key(shown) if shown else None
    if key is None:
        # Only here, where pages of Temporal alone may ask, does a sign-in stand for a key.
        request.state.signed_in = cookies.shown(request, SIGN_IN)
        return scope
    bearer = (b"authorization", f"Bearer {key}".encode())
    return {**scope, "headers": [*scope["headers"], bearer]}


def _preflight(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": TAKEN,
        "Access-Control-Max-Age": MINUTES,
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
