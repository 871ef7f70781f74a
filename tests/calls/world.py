"""A platform among twins: a shop, a mirror, an authority, each under its real name."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.runtime.platform import Platform, platform_on, real_server
from tests.twins.authority import SECRET, Authority
from tests.twins.httpbin import httpbin
from tests.twins.petstore import petstore
from tests.twins.web import Answer, Asked, Web, web
from workers.pool import Options

__all__ = ["HEAD", "SECRETS", "World", "world_in"]

HEAD = "document: {dsl: 1.0.3, namespace: test, name: call-{{n}}, version: 1.0.0}\n"
SECRETS: dict[str, Any] = {
    "login": {"username": "ada", "password": "canary-of-login-8d1f"},
    "door": {"username": "ada", "password": "password-of-the-door"},
    "api": {"token": "canary-of-api-77aa"},
    "client": SECRET,
    "plain": "canary+of/plain 5e5e",
}


@dataclass
class World:
    """What tests of calls talk to."""

    platform: Platform
    web: Web
    authority: Authority
    folder: Path

    def last(self, path: str) -> Asked:
        """The last request for that path."""
        return [one for one in self.web.asked if one.path == path][-1]


DESCRIBED = """
openapi: 3.0.3
info: {title: A mirror, version: "1"}
servers:
  - url: https://{host}/{version}
    variables: {host: {default: httpbin.org}, version: {default: v3}}
paths:
  /find/{kind}:
    parameters:
      - $ref: '#/components/parameters/kind'
    post:
      operationId: search
      parameters:
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: near, in: query, style: deepObject, explode: true, schema: {type: object}}
        - {name: ids, in: query, style: pipeDelimited, schema: {type: array}}
        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: x-trace, in: header, schema: {type: string}}
      requestBody:
        required: true
        content:
          application/xml: {schema: {type: object}}
          application/json: {schema: {$ref: '#/components/schemas/Search'}}
      responses:
        '200': {description: found, content: {application/json: {}}}
components:
  parameters:
    kind: {name: kind, in: path, required: true, schema: {$ref: '#/components/schemas/Kind'}}
  schemas:
    Kind: {type: string, enum: [cat, dog]}
    Search:
      type: object
      required: [note]
      properties: {note: {type: string}, parts: {type: array, items: {type: integer}}}
"""


class Moody:
    """A site that answers well only when asked again: how, the path says."""

    def __init__(self) -> None:
        self.met: set[str] = set()

    def __call__(self, asked: Asked) -> Answer:
        known = f"{asked.method} {asked.path}" in self.met
        self.met.add(f"{asked.method} {asked.path}")
        if asked.path.startswith("/silent"):
            return httpbin(asked) if known else Answer(0)
        if asked.path.startswith("/busy"):
            return httpbin(asked) if known else Answer(503, headers={"retry-after": "1"})
        return Answer(429, headers={"retry-after": "100000"})


def mirror(asked: Asked) -> Answer:
    """A site that tells what it was asked, and describes itself."""
    if asked.path == "/pixel":
        return Answer(body=bytes([0, 255, 1]), headers={"content-type": "image/png"})
    if asked.path == "/latin":
        return Answer(body=b"caf\xe9", headers={"content-type": "text/plain; charset=latin-1"})
    if asked.path == "/nothing":
        return Answer(204)
    if asked.path == "/openapi.json":
        return Answer(body=DESCRIBED.encode(), headers={"content-type": "application/yaml"})
    return httpbin(asked)


def guarded(asked: Asked) -> Answer:
    """The shop, behind a login."""
    path = f"/basic-auth/ada/{SECRETS['login']['password']}"
    check = Asked(asked.method, asked.host, path, asked.query, asked.headers, b"", path)
    entrance = httpbin(check)
    return entrance if entrance.status != 200 else petstore(asked)


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[World]:
    """Twins, and a platform on a real server whose web they are."""
    authority = Authority("auth.example")
    kept = folder / "home" / "secrets" / "acme"
    kept.mkdir(parents=True)
    for name, value in SECRETS.items():
        (kept / name).write_text(value if isinstance(value, str) else json.dumps(value))
    sites = {
        "httpbin.org": mirror,
        "petstore.swagger.io": petstore,
        "auth.example": authority.site,
        "guarded.example": guarded,
        "moody.example": Moody(),
    }
    with web(folder, sites) as found:
        options = Options(sandboxed=True, egress=found.egress())
        async with (
            real_server(folder) as server,
            platform_on(server, folder / "home", options) as platform,
        ):
            yield World(platform, found, authority, folder)
