"""A pattern that a backtracking engine takes ages to say no with."""

import httpx2
import pytest

from tests.abuse.city import alive, check, computing, done, flow, said, start, wanted
from tests.abuse.post import customer, letters, mailing
from tests.api.world import World, principal, problem
from tests.runtime.platform import Platform

SLOW = ("^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$")
TEXT = "a" * 20_000 + "!"


@pytest.mark.parametrize("pattern", SLOW)
async def test_a_pattern_of_an_input_says_no_at_once(
    platform: Platform, api: httpx2.AsyncClient, world: World, pattern: str
) -> None:
    name, text = flow(
        world,
        f"""
        input: {{schema: {{document: {{properties: {{x: {{pattern: '{pattern}'}}}}}}}}}}
        do:
          - keep: {{set: {{a: 1}}}}
        """,
    )
    answer = await said(api, name, text)
    if answer.status_code == 201:
        await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")
        asked = await api.post(f"/v1/solutions/acme.{name}/intents/start", json={"x": TEXT})
        assert problem(asked) == (422, "intent.input")
    else:
        assert problem(answer)[0] == 422
    await alive(platform, world, api)


@pytest.mark.parametrize("pattern", [r"(a)\\1", "(?=a)b", "(?<!a)b", "(?>a+)b"])
async def test_a_pattern_that_needs_backtracking_is_refused(
    api: httpx2.AsyncClient, world: World, pattern: str
) -> None:
    _, text = flow(
        world,
        f"""
        input: {{schema: {{document: {{properties: {{x: {{pattern: "{pattern}"}}}}}}}}}}
        do:
          - keep: {{set: {{a: 1}}}}
        """,
    )
    assert await check(api, text)


@pytest.mark.parametrize("pattern", SLOW)
async def test_a_pattern_of_an_expression_says_no_at_once(
    platform: Platform, api: httpx2.AsyncClient, world: World, pattern: str
) -> None:
    name = world.name("pattern")
    text = computing(name, f'"a" * 20000 + "!" | test("{pattern}")')

    shown = await done(platform, api, await start(api, name, text))

    # Some of them say yes to this text in jq, where a dot is anything.
    assert (shown["status"], type(shown["output"]["x"])) == ("completed", bool)


async def test_a_list_of_places_with_many_stars_decides_at_once(
    platform: Platform, world: World
) -> None:
    stars = "*a" * 30 + ".example"
    deny = {"kind": "denyList", "destinations": [stars]}
    who = customer(platform, "case-8", "stella")
    platform.stores.customers.upsert("case-8", who, email="a" * 40 + "@" + "a" * 60 + ".exampl")
    async with await world.client(principal("mallory", "admin", tenant="case-8")) as tenant:
        answer = await tenant.put("/v1/policies/tenant", json={"policies": {"out": deny}})
        if answer.status_code == 200:
            name = world.name("starry")
            registered = await said(tenant, name, mailing().replace("NAME", name))
            assert registered.status_code == 201
            run = await wanted(tenant, name, {"customer": who})
            shown = await done(platform, tenant, run, tenant="case-8")
            assert (shown["status"], len(letters(platform, "case-8", who))) == ("completed", 1)
        else:
            assert problem(answer) == (422, "policy.value")
