"""Trusting issuers over the API."""

from typing import Any

import httpx2
import pytest

from smart_city.roles import OwnRole
from tests.api.world import World, principal, problem

SAID: dict[str, Any] = {
    "issuer": "https://login.example.com",
    "audience": "https://symphainy.example.com",
    "roles": {"claim": "groups", "values": {"ops": ["operator"]}},
}
SHOWN = {
    **SAID,
    "id": "corp",
    "environment": "all",
    "clients": {},
    "agents": {},
    "agent": None,
    "service": None,
    "require": {},
    "person": "sub",
    "people": "known",
    "max_token_age": 86_400,
    "step_up": None,
    "sign_in": None,
    "source": "tenant",
    "by": "owner",
}


def without_time(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "updated"}


async def test_an_issuer_is_trusted_shown_changed_and_removed(
    api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    told = await api.put("/v1/issuers/corp", json=SAID)
    assert (told.status_code, without_time(told.json())) == (200, SHOWN)
    assert (await api.get("/v1/issuers/corp")).json() == told.json()
    assert (await api.get("/v1/issuers")).json() == {"items": [told.json()], "cursor": None}
    assert (await stranger.get("/v1/issuers")).json() == {"items": [], "cursor": None}
    assert problem(await stranger.get("/v1/issuers/corp")) == (404, "issuer.missing")
    changed = await api.put("/v1/issuers/corp", json={**SAID, "people": "provisioned"})
    assert without_time(changed.json()) == {**SHOWN, "people": "provisioned"}
    assert (await api.delete("/v1/issuers/corp")).status_code == 204
    assert problem(await api.delete("/v1/issuers/corp")) == (404, "issuer.missing")


async def test_one_issuer_and_audience_lead_to_one_tenant(
    api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    assert (await api.put("/v1/issuers/corp", json=SAID)).status_code == 200
    assert problem(await stranger.put("/v1/issuers/own", json=SAID)) == (409, "issuer.taken")
    assert problem(await api.put("/v1/issuers/second", json=SAID)) == (409, "issuer.taken")
    elsewhere = {**SAID, "audience": "https://evil.example.com"}
    assert (await stranger.put("/v1/issuers/corp", json=elsewhere)).status_code == 200
    for client in (api, stranger):
        assert (await client.delete("/v1/issuers/corp")).status_code == 204


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ({"issuer": "http://login.example.com"}, "issuer.insecure", "/issuer"),
        ({"agents": {"a": ["platform-admin"]}}, None, None),
        ({"clients": {"a": ["platform-admin"]}}, "issuer.rights", "/roles"),
        (
            {"roles": {"claim": "g", "values": {"a": ["platform-admin"]}}},
            "issuer.rights",
            "/roles",
        ),
        ({"issuer": "login.example.com"}, "api.invalid-request", "/issuer"),
        ({"rolls": {}}, "api.invalid-request", "/rolls"),
        ({"environment": "a b"}, "api.invalid-request", "/environment"),
        ({"audience": ""}, "api.invalid-request", "/audience"),
        ({"max_token_age": 1}, "api.invalid-request", "/max_token_age"),
        ({"step_up": {"roles": ["approver"]}}, "api.invalid-request", "/step_up"),
        ({"step_up": {"roles": ["a"], "acr": ['"']}}, "api.invalid-request", "/step_up/acr/0"),
    ],
)
async def test_what_is_wrong_with_an_issuer_is_told(
    api: httpx2.AsyncClient, said: dict[str, Any], code: str | None, pointer: str | None
) -> None:
    answer = await api.put("/v1/issuers/corp", json={**SAID, **said})
    if code is None:
        assert answer.status_code == 200
        await api.delete("/v1/issuers/corp")
        return
    assert (answer.json()["code"], answer.json().get("pointer")) == (code, pointer)


async def test_a_key_of_one_environment_trusts_nobody_for_others(world: World) -> None:
    key = world.services.stores.keys.issue(
        principal("boss", "tenant-admin", tenant="narrow"), name="b", environment="production"
    )
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=world.url, headers=headers, timeout=60) as boss:
        assert problem(await boss.put("/v1/issuers/corp", json=SAID)) == (403, "issuer.rights")
        here = {**SAID, "environment": "production"}
        assert (await boss.put("/v1/issuers/corp", json=here)).status_code == 200
        assert (await boss.delete("/v1/issuers/corp")).status_code == 204


async def test_a_tenant_trusts_so_many_issuers_and_no_more(world: World) -> None:
    boss = principal("boss", "tenant-admin", tenant="trusting")
    async with await world.client(boss) as client:
        for n in range(20):
            said = {**SAID, "audience": f"https://{n}.example.com"}
            assert (await client.put(f"/v1/issuers/i{n}", json=said)).status_code == 200
        said = {**SAID, "audience": "https://more.example.com"}
        assert problem(await client.put("/v1/issuers/i-20", json=said)) == (409, "issuer.too-many")
        assert (await client.put("/v1/issuers/i0", json=said)).status_code == 200


async def test_who_may_only_administer_lets_no_issuer_speak_for_the_people_of_others(
    world: World,
) -> None:
    stores = world.services.stores
    stores.roles.put("lean", OwnRole(name="keeper", actions=frozenset({"administer"})), by="owner")
    async with await world.client(principal("kim", "keeper", tenant="lean")) as keeper:
        own = {**SAID, "roles": None, "clients": {}}
        assert problem(await keeper.put("/v1/issuers/own", json=own)) == (403, "issuer.rights")
        partner = {**own, "people": "strangers"}
        assert (await keeper.put("/v1/issuers/own", json=partner)).status_code == 200
        more = {**partner, "clients": {"crm": ["operator"]}}
        assert problem(await keeper.put("/v1/issuers/own", json=more)) == (403, "issuer.rights")
        same = {**partner, "clients": {"crm": ["keeper"]}}
        assert (await keeper.put("/v1/issuers/own", json=same)).status_code == 200
        assert (await keeper.delete("/v1/issuers/own")).status_code == 204
    boss = principal("ci", "tenant-admin", tenant="lean").model_copy(update={"kind": "service"})
    async with await world.client(boss) as service:
        assert problem(await service.put("/v1/issuers/own", json=own)) == (403, "issuer.rights")
