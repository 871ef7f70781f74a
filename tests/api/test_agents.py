"""Agents with keys: for whom they act, and what that user loses is lost to them."""

import asyncio

import httpx2

from public_works.keys import Holder
from smart_city.scope import Scope
from symphainy.identity import Principal
from tests.api.world import World, principal, problem, pure, put


async def issued(api: httpx2.AsyncClient, **wanted: object) -> httpx2.Response:
    """The answer to whoever wants a key for an agent."""
    asked = {"name": "helper", "principal": "helper", "kind": "agent", "environment": "all"}
    return await api.post("/v1/keys", json={**asked, "roles": ["operator"], **wanted})


async def holding(world: World, answer: httpx2.Response) -> Holder | None:
    assert answer.status_code == 201, answer.text
    return await world.services.bearers.holder(answer.json()["key"])


async def roles(world: World, key: str) -> set[str] | None:
    """The roles of whoever shows `key`; None if it opens nothing."""
    found = await world.services.bearers.holder(key)
    return set(found.principal.roles) if found else None


def agent(key: str, user: str, *roles: str) -> Holder:
    return Holder(
        principal=Principal(
            tenant="agents", id="helper", kind="agent", roles=frozenset(roles), on_behalf_of=user
        ),
        key=key,
        environment="all",
        scope=Scope(),
    )


async def test_an_agent_acts_for_whoever_issues_its_key_or_whom_they_name(world: World) -> None:
    async with await world.client(principal("boss", "tenant-admin", tenant="agents")) as boss:
        answer = await issued(boss)
        key = answer.json()["id"]
        assert await holding(world, answer) == agent(key, "boss", "operator", "viewer")
        async with await world.client(principal("vic", "viewer", tenant="agents")):
            answer = await issued(boss, on_behalf_of="vic")
        key = answer.json()["id"]
        assert await holding(world, answer) == agent(key, "vic", "viewer")
        assert (await boss.get(f"/v1/keys/{key}")).json()["on_behalf_of"] == "vic"


async def test_only_an_agent_acts_for_somebody_and_only_for_who_is_let_in(world: World) -> None:
    async with await world.client(principal("boss", "tenant-admin", tenant="agents")) as boss:
        for wanted in ({"on_behalf_of": "nobody"}, {"kind": "service", "on_behalf_of": "boss"}):
            assert problem(await issued(boss, **wanted)) == (422, "key.user")
    service = principal("machine", "tenant-admin", tenant="agents", kind="service")
    async with await world.client(service) as machine:
        assert problem(await issued(machine)) == (422, "key.user")


async def test_an_agent_goes_no_further_than_the_keys_of_its_user(world: World) -> None:
    async with await world.client(principal("boss", "tenant-admin", tenant="agents")) as boss:
        for limits in ({"environment": "staging"}, {"scope": {"read_only": True}}):
            wanted = {"name": "sam", "principal": "sam", "kind": "user", "roles": ["operator"]}
            assert (await boss.post("/v1/keys", json={**wanted, **limits})).status_code == 201
        assert problem(await issued(boss, on_behalf_of="sam")) == (422, "key.user")
        answer = await issued(boss, on_behalf_of="sam", environment="staging")
        assert await roles(world, answer.json()["key"]) == {"operator", "viewer"}


async def test_a_role_or_a_key_that_the_user_loses_is_lost_to_the_agent_at_once(
    world: World,
) -> None:
    stores = world.services.stores
    async with await world.client(principal("boss", "tenant-admin", tenant="agents")) as boss:
        for role in ("operator", "viewer"):
            wanted = {"name": "max", "principal": "max", "kind": "user", "roles": [role]}
            assert (await boss.post("/v1/keys", json=wanted)).status_code == 201
        operating, reading = [
            next(one.id for one in stores.keys.list("agents") if one.roles == (role,))
            for role in ("operator", "viewer")
        ]
        text = (await issued(boss, on_behalf_of="max")).json()["key"]
    assert await roles(world, text) == {"operator", "viewer"}
    await asyncio.to_thread(stores.keys.revoke, "agents", operating)
    assert await roles(world, text) == {"viewer"}
    await asyncio.to_thread(stores.keys.revoke, "agents", reading)
    assert await roles(world, text) is None


async def test_an_agent_of_a_person_ends_with_them_and_stays_theirs_when_rotated(
    world: World,
) -> None:
    stores = world.services.stores
    person = stores.people.create("agents", user_name="kim@acme.example")
    async with await world.client(principal("boss", "tenant-admin", tenant="agents")) as boss:
        answer = await issued(boss, on_behalf_of="Kim@acme.example")
        key = answer.json()["id"]
        assert await holding(world, answer) == agent(key, person.id)
        answer = await boss.post(f"/v1/keys/{key}/rotate")
        key = answer.json()["id"]
        assert await holding(world, answer) == agent(key, person.id)
        await asyncio.to_thread(stores.people.remove, "agents", person.id)
        assert await world.services.bearers.holder(answer.json()["key"]) is None
        assert (await boss.get(f"/v1/keys/{key}")).json()["lost"] is True


async def test_who_an_agent_acts_for_answers_for_what_it_writes(world: World) -> None:
    async with await world.client(principal("boss", "tenant-admin", tenant="agents")) as boss:
        answer = await issued(boss, roles=["author"])
        headers = {"Authorization": f"Bearer {answer.json()['key']}"}
        name = world.name("written")
        async with httpx2.AsyncClient(base_url=world.url, headers=headers, timeout=60) as client:
            assert (await put(client, name, pure(name))).status_code == 201
        found = (await boss.get(f"/v1/solutions/acme.{name}/versions/1.0.0")).json()
        assert found["author"] == "boss"
        log = (await boss.get("/v1/audit", params={"limit": 1})).json()["items"][0]
    assert (log["action"], log["actor"], log["details"]["on_behalf_of"]) == (
        "solution.registered",
        {"id": "helper", "kind": "agent"},
        "boss",
    )
