"""What tests of the API share: keys, definitions, and requests that mean something."""

import asyncio
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2

from solution_api.serve import Server, configured
from solution_api.services import Services
from solution_api.signing_in import by_link
from symphainy.identity import Principal

PURE = """\
    document: {dsl: 1.0.3, namespace: acme, name: NAME, version: VERSION, title: Say hello}
    intents:
      greet: {starts: true}
    do:
      - hello: {set: {greeting: '${ "Hello, " + (.name // "you") }'}}
"""


def pure(name: str, version: str = "1.0.0") -> str:
    """A definition that greets and touches nothing."""
    return textwrap.dedent(PURE).replace("NAME", name).replace("VERSION", version)


WAITING = """\
    document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
    do:
      - first: {set: {begun: true}}
      - rest: {wait: {hours: 10}}
      - last: {set: {done: true}}
"""


def waiting(name: str) -> str:
    """A definition that waits for long."""
    return textwrap.dedent(WAITING).replace("NAME", name)


def principal(
    id: str, *roles: str, tenant: str = "acme", kind: Literal["user", "service"] = "user"
) -> Principal:
    return Principal(tenant=tenant, id=id, kind=kind, roles=frozenset(roles))


@dataclass
class World:
    """The API under test."""

    url: str
    services: Services
    count: int = field(default=0)

    def name(self, stem: str = "solution") -> str:
        """A name no test has used."""
        self.count += 1
        return f"{stem}-{self.count}"

    async def client(self, by: Principal) -> httpx2.AsyncClient:
        """A client with a key of its own."""
        key = await asyncio.to_thread(
            self.services.stores.keys.issue, by, name="test", environment="all"
        )
        headers = {"Authorization": f"Bearer {key}"}
        return httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=120)


async def signed_in(services: Services, tenant: str = "acme") -> dict[str, str]:
    """The cookie of a browser that came by the link the launcher prints."""
    ticket = services.tickets.redeem(services.tickets.issue(tenant))
    assert ticket is not None
    return {"symphainy_sign_in": await by_link(services, ticket)}


@asynccontextmanager
async def listening(services: Services, port: int = 0) -> AsyncIterator[str]:
    """The API over `services` on that port or a free one; its URL."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    config = configured(services, "127.0.0.1", port, grace=1)
    server = Server(config, told.set_result)
    # Tests stop it themselves: signals belong to pytest.
    serving = asyncio.create_task(server._serve())
    try:
        yield await told
    finally:
        server.should_exit = True
        await serving


async def put(api: httpx2.AsyncClient, name: str, text: str, version: str = "1.0.0") -> Any:
    """Register a definition under acme."""
    return await api.put(
        f"/v1/solutions/acme.{name}/versions/{version}",
        content=text,
        headers={"Content-Type": "application/yaml"},
    )


async def deployed(api: httpx2.AsyncClient, name: str, text: str) -> str:
    """Register and deploy; the solution's name."""
    assert (await put(api, name, text)).status_code == 201
    done = await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")
    assert done.status_code == 200, done.text
    return f"acme.{name}"


async def started(api: httpx2.AsyncClient, name: str, text: str) -> str:
    """Deploy and start; the run's id."""
    solution = await deployed(api, name, text)
    answer = await api.post(f"/v1/solutions/{solution}/intents/start")
    assert answer.status_code == 202, answer.text
    run: str = answer.json()["run"]
    return run


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"]
