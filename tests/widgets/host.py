"""A client's web site: pages of another origin than the platform's, under a strict policy."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.twins.asgi import serving

POLICY = (
    "default-src 'none'; script-src {platform}; connect-src 'self' {platform}; style-src 'none'; "
    "require-trusted-types-for 'script'"
)
PAGE = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A shop</title>
<script type="module" src="{src}" integrity="{integrity}" crossorigin="anonymous"></script>
<main>{body}</main>
"""


@dataclass
class Host:
    """The site; what it has bought, and how to make it misbehave."""

    platform: str
    api: httpx2.AsyncClient
    url: str = ""
    wanted: dict[str, Any] = field(default_factory=dict)
    bought: list[str] = field(default_factory=list)
    aged: Callable[[str], str] | None = None
    """What becomes of a token before a page gets it."""
    src: str = ""
    integrity: str = ""

    async def page(self, request: Request) -> Response:
        """A page with the elements that the query names."""
        found = PAGE.format(
            lang=request.query_params.get("lang", "en"),
            body=request.query_params["body"],
            src=self.src,
            integrity=self.integrity,
        )
        policy = POLICY.format(platform=self.platform)
        return HTMLResponse(found, headers={"Content-Security-Policy": policy})

    async def token(self, request: Request) -> Response:
        """Buy a token for whoever is logged in here."""
        body = {"origin": self.url, **self.wanted}
        async with httpx2.AsyncClient(
            base_url=self.platform, headers=dict(self.api.headers), timeout=60
        ) as client:
            answer = await client.post("/v1/widgets/tokens", json=body)
        assert answer.status_code == 201, answer.text
        token = answer.json()["token"]
        self.bought.append(token)
        if self.aged is not None:
            token = self.aged(token)
        return JSONResponse({"token": token, "expires": answer.json()["expires"]})


@asynccontextmanager
async def hosting(platform: str, api: httpx2.AsyncClient) -> AsyncIterator[Host]:
    """The site, served."""
    host = Host(platform, api)
    manifest = json.loads((await api.get("/widgets/manifest.json")).text)
    host.src, host.integrity = f"{platform}{manifest['src']}", manifest["integrity"]
    routes = [
        Route("/", host.page),
        Route("/token", host.token, methods=["POST"]),
    ]
    with serving(Starlette(routes=routes)) as url:
        host.url = url
        yield host
