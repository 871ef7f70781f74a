"""Tenant B names what belongs to tenant A, on every route there is and with every verb.

The routes and their parameters come from the OpenAPI document itself, so whoever adds one is
attacked without doing anything, and whoever adds a parameter has to say what fills it.
"""

from typing import Any

import httpx2
import pytest

from tests.abuse.city import HEAD, check, done, find, start
from tests.api.test_walls import (
    BODIES,
    DOCUMENT,
    EMPTY,
    FORMS,
    OWN,
    PUBLIC,
    WIDGETS,
    names,
    visitor,
    wanted,
)
from tests.api.world import World, principal, problem
from tests.runtime.platform import Platform

__all__ = ["names", "visitor", "wanted"]

VERBS = ("get", "put", "post", "delete", "patch")
CODES = "/v1/codes"
OWN_LOG = "/v1/audit"
"""It tells what its reader tried, in the words they tried it in."""
PATHS = [one for one in DOCUMENT["paths"] if "{" in one and not one.startswith(CODES)]
EVERY = [(verb, path) for path in PATHS for verb in VERBS]
CHANGING = {
    (verb, path): DOCUMENT["paths"][path][verb]
    for verb, path in EVERY
    if verb != "get" and verb in DOCUMENT["paths"][path]
}


def client_for(
    path: str, stranger: httpx2.AsyncClient, visitor: httpx2.AsyncClient
) -> httpx2.AsyncClient:
    return visitor if path.startswith(WIDGETS) else stranger


def of_acme(text: str, names: dict[str, str]) -> list[str]:
    """What an answer tells of the tenant attacked that its asker did not say."""
    return [one for one in ("Maria", "billing@acme.example", "u-walled") if one in text]


# What a stranger put under the same name just before is the stranger's own.
AFTER = {("delete", "/v1/roles/{role}"), ("post", "/v1/customers/{customer}/erase")}


@pytest.mark.parametrize(("verb", "path"), EVERY, ids=[f"{verb} {path}" for verb, path in EVERY])
async def test_what_is_another_tenants_is_not_there(
    names: dict[str, str],
    api: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    visitor: httpx2.AsyncClient,
    verb: str,
    path: str,
) -> None:
    before = (await api.get("/v1/audit", params={"limit": 1})).json()["items"]
    client = client_for(path, stranger, visitor)
    answer = await client.request(verb, path.format(**names), json=BODIES.get(path))

    assert of_acme(answer.text, names) == []
    if verb not in DOCUMENT["paths"][path]:
        assert answer.status_code in (404, 405)
    elif (verb, path) in EMPTY:
        assert answer.json() == {"items": [], "cursor": None}
    elif (verb, path) in OWN | FORMS | PUBLIC | AFTER:
        assert answer.status_code != 500
    else:
        assert problem(answer)[0] in (403, 404)
    # Whoever it was, nothing of the tenant changed.
    assert (await api.get("/v1/audit", params={"limit": 1})).json()["items"] == before
    assert (await api.get(f"/v1/runs/{names['run']}")).json()["status"] == "running"


RECORDED = [
    (verb, path)
    for (verb, path), operation in CHANGING.items()
    if (verb, path) not in OWN | FORMS | PUBLIC
    and not path.startswith(WIDGETS)
    and "apiKey" in str(operation.get("security"))
]


@pytest.mark.parametrize(("verb", "path"), RECORDED, ids=[f"{v} {p}" for v, p in RECORDED])
async def test_who_wanted_to_change_it_is_on_record(
    world: World, names: dict[str, str], verb: str, path: str
) -> None:
    operation = DOCUMENT["paths"][path][verb]["operationId"]
    mallory = world.name("mallory")
    async with await world.client(principal(mallory, "admin", tenant="evil")) as client:
        answer = await client.request(verb, path.format(**names), json=BODIES.get(path))
        records = (await client.get("/v1/audit", params={"actor": mallory})).json()["items"]

    # Nothing was looked up for what was wrong in itself.
    if operation in UNRECORDED or answer.status_code == 422:
        return
    kept = [(one["actor"]["id"], one["outcome"], one["code"]) for one in records]
    assert (mallory, "refused", problem(answer)[1]) in kept


# They change nothing that outlives the answer.
UNRECORDED = {"submit_intent", "ask_endpoint", "preview_template", "act_on_message"}


async def test_who_goes_on_looking_is_on_record(world: World, names: dict[str, str]) -> None:
    mallory = world.name("mallory")
    async with await world.client(principal(mallory, "admin", tenant="evil")) as client:
        for _ in range(25):
            assert (await client.get(f"/v1/runs/{names['run']}")).status_code == 404
        found = [one for one in await find(client, "access.probed") if _by(one, mallory)]

    assert [(one["subject"]["id"], one["outcome"]) for one in found] == [("get_run", "refused")]


def _by(record: dict[str, Any], who: str) -> bool:
    return bool(record["actor"]["id"] == who)


async def test_lists_of_one_tenant_hold_nothing_of_another(
    names: dict[str, str], stranger: httpx2.AsyncClient
) -> None:
    listed = [
        path
        for path, methods in DOCUMENT["paths"].items()
        if "get" in methods
        and "{" not in path
        and not path.startswith((CODES, WIDGETS, "/health", OWN_LOG))
        and "event-stream" not in str(methods["get"]["responses"])
    ]
    for path in listed:
        params = {"run": names["run"], "solution": names["name"], "customer": names["customer"]}
        known = {one["name"] for one in DOCUMENT["paths"][path]["get"].get("parameters", [])}
        asked = {name: value for name, value in params.items() if name in known}
        for query in ({}, asked):
            answer = await stranger.get(path, params=query)
            leaked = [names[one] for one in ("run", "message", "key") if names[one] in answer.text]
            assert leaked == [], path


async def test_a_definition_of_one_tenant_runs_nothing_of_another(
    platform: Platform, names: dict[str, str], stranger: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("borrower")
    namespace, _, solution = names["name"].partition(".")
    child = f"{{namespace: {namespace}, name: {solution}, version: 1.0.0}}"
    text = HEAD.replace("NAME", name) + f"do:\n  - go: {{run: {{workflow: {child}}}}}\n"
    assert await check(stranger, text) == []

    shown = await done(platform, stranger, await start(stranger, name, text), tenant="evil")

    assert (shown["status"], shown["problem"]["code"]) == ("faulted", "solution.unknown")
