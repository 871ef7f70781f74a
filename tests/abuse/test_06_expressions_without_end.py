"""An expression that never ends or fills memory, in a process that serves others too."""

import asyncio
import json

import httpx2
import pytest

from tests.abuse.city import alive, computing, done, said, wanted
from tests.api.world import World
from tests.runtime.platform import Platform

ENDLESS = {
    "recursion": "def f: 1 + f; f",
    "tail": "def f: f; f",
    "branching": "def f: f, f; f",
    "large array": "[range(1e9)]",
    "loop": "0 | until(false; . + 1)",
    "silent loop": "range(0; 1; 1e-300) | select(false)",
    "repeat": "last(repeat(empty))",
    "doubled text": 'reduce range(1e6) as $i ("x"; . + .)',
    "doubled array": "reduce range(60) as $i ([]; [., .]) | tojson",
    "long text": '"x" * 1e9',
    "caught": "try (def f: 1 + f; f) catch 1",
    "alternative": "(def f: 1 + f; f) // 1",
}


@pytest.mark.parametrize("expression", ENDLESS.values(), ids=ENDLESS.keys())
async def test_it_is_cut_and_the_step_fails(
    platform: Platform, api: httpx2.AsyncClient, world: World, expression: str
) -> None:
    name = world.name("endless")
    answer = await said(api, name, computing(name, expression))
    if answer.status_code == 422:
        return
    shown = await done(platform, api, await wanted(api, name))

    assert (shown["status"], shown["problem"]["code"]) == ("faulted", "expression.budget")


async def test_twenty_at_once_take_nothing_from_a_neighbour(
    platform: Platform, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("endless")
    assert (await said(api, name, computing(name, ENDLESS["loop"]))).status_code == 201
    await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")
    path = f"/v1/solutions/acme.{name}/intents/start"
    runs = [one.json()["run"] for one in await asyncio.gather(*(api.post(path) for _ in range(20)))]

    await alive(platform, world, stranger, tenant="evil")

    ended = [(await done(platform, api, run))["status"] for run in runs]
    assert ended == ["faulted"] * 20


async def test_an_expression_in_a_key_or_a_preview_is_cut_in_the_api_too(
    platform: Platform, api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("endless")
    document = json.loads(computing(name, "1"))
    document["intents"] = {"go": {"starts": True, "key": "${ [range(1e9)] | length }"}}
    answer = await said(api, name, json.dumps(document))
    if answer.status_code == 201:
        await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")
        asked = await api.post(f"/v1/solutions/acme.{name}/intents/go", json={})
        assert asked.status_code == 422
    await alive(platform, world, api)
