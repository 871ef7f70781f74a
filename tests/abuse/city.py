"""What the attacks share."""

import json
import textwrap
from typing import Any

import httpx2

from tests.api.world import World, problem
from tests.runtime.platform import Platform

__all__ = [
    "HEAD",
    "alive",
    "check",
    "code",
    "computing",
    "done",
    "find",
    "flow",
    "said",
    "start",
    "wanted",
]

HEAD = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
"""
YAML = {"Content-Type": "application/yaml"}


def flow(world: World, body: str) -> tuple[str, str]:
    """A name that no attack has used, and a definition of it with that body."""
    name = world.name("victim")
    return name, (HEAD + textwrap.dedent(body)).replace("NAME", name)


def computing(name: str, expression: str) -> str:
    """A definition that keeps what the expression gives."""
    document = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
    task = {"compute": {"set": {"x": "${ " + expression + " }"}}}
    return json.dumps({"document": document, "do": [task]})


async def check(api: httpx2.AsyncClient, text: str) -> list[str]:
    """The codes of the errors that a check finds."""
    answer = await api.post("/v1/definitions/check", content=text, headers=YAML)
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json()["problems"] if one["severity"] == "error"]


async def said(api: httpx2.AsyncClient, name: str, text: str | bytes) -> httpx2.Response:
    """The answer to a definition that is registered."""
    path = f"/v1/solutions/acme.{name}/versions/1.0.0"
    return await api.put(path, content=text, headers=YAML)


async def start(
    api: httpx2.AsyncClient, name: str, text: str, payload: Any = None, *, intent: str = "start"
) -> str:
    """Register, deploy and start; the run's id."""
    registered = await said(api, name, text)
    assert registered.status_code == 201, registered.text
    return await wanted(api, name, payload, intent=intent)


async def wanted(
    api: httpx2.AsyncClient, name: str, payload: Any = None, *, intent: str = "start"
) -> str:
    """Deploy and start what is registered; the run's id."""
    deployed = await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")
    assert deployed.status_code == 200, deployed.text
    answer = await api.post(f"/v1/solutions/acme.{name}/intents/{intent}", json=payload)
    assert answer.status_code == 202, answer.text
    run: str = answer.json()["run"]
    return run


async def done(
    platform: Platform, api: httpx2.AsyncClient, run: str, *, tenant: str = "acme"
) -> dict[str, Any]:
    """The run as the API shows it when it is over."""
    await platform.finish(run, tenant=tenant)
    shown: dict[str, Any] = (await api.get(f"/v1/runs/{run}")).json()
    return shown


async def alive(
    platform: Platform, world: World, api: httpx2.AsyncClient, *, tenant: str = "acme"
) -> None:
    """The API answers, and the worker does what it is asked."""
    name, text = flow(world, "do:\n  - greet: {set: {greeting: hello}}\n")
    shown = await done(platform, api, await start(api, name, text), tenant=tenant)
    assert (shown["status"], shown["output"]) == ("completed", {"greeting": "hello"})


async def find(api: httpx2.AsyncClient, action: str) -> list[dict[str, Any]]:
    """The newest records of that action."""
    answer = await api.get("/v1/audit", params={"action": action})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def code(answer: httpx2.Response) -> str:
    """The code of a problem."""
    return problem(answer)[1]
