"""Keys over the API: issued, limited, rotated, revoked; never more than whoever issues them has."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.api.world import World, deployed, principal, problem, pure

ASKED = {"name": "crm", "principal": "svc-crm", "roles": ["viewer"]}
LIMITED: list[tuple[dict[str, Any], str]] = [
    ({"read_only": True}, "POST /v1/solutions/{s}/intents/greet"),
    ({"solutions": ["acme.other"]}, "GET /v1/solutions/{s}"),
    ({"solutions": ["acme.other"]}, "POST /v1/solutions/{s}/intents/greet"),
    ({"solutions": ["acme.other"]}, "GET /v1/runs/{s}:x"),
    ({"solutions": ["acme.other"]}, "GET /v1/runs?solution={s}"),
    ({"solutions": ["acme.other"]}, "GET /v1/runs?solution=acme.other&solution={s}"),
    ({"solutions": ["acme.other"]}, "GET /v1/runs"),
    ({"solutions": ["acme.other"]}, "GET /v1/customers?solution=acme.other"),
    ({"solutions": ["acme.other"]}, "GET /v1/webhooks/acme.other"),
    ({"endpoints": ["quote"]}, "POST /v1/solutions/{s}/intents/greet"),
    ({"endpoints": ["quote"]}, "POST /v1/solutions/{s}/api/orders"),
    ({"endpoints": []}, "POST /v1/solutions/{s}/api/quote"),
]


async def issue(api: httpx2.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await api.post("/v1/keys", json={**ASKED, **asked})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def using(world: World, key: str) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.AsyncClient(base_url=world.url, headers=headers, timeout=60)


async def tried(client: httpx2.AsyncClient, request: str, solution: str) -> httpx2.Response:
    method, path = request.format(s=solution).split(" ")
    return await client.request(method, path)


async def test_a_key_is_shown_once_and_then_only_what_it_is_for(
    world: World, api: httpx2.AsyncClient
) -> None:
    scope = {"solutions": ["acme.x"], "endpoints": None, "read_only": True, "networks": None}
    made = await issue(api, scope=scope, days=7, environment="staging")
    assert made["key"].startswith(f"sym_staging_{made['id']}_")
    shown = (await api.get(f"/v1/keys/{made['id']}")).json()
    assert {**shown, "key": made["key"]} == made
    assert shown == {
        "id": made["id"],
        "name": "crm",
        "environment": "staging",
        "principal": "svc-crm",
        "kind": "service",
        "roles": ["viewer"],
        "scope": scope,
        "created": made["created"],
        "expires": made["expires"],
        "revoked": None,
        "used": None,
        "issuer": "owner",
        "replaces": None,
        "person": None,
        "on_behalf_of": None,
        "lost": False,
    }
    listed = await api.get("/v1/keys")
    assert shown in listed.json()["items"]
    assert made["key"].split("_")[3] not in listed.text


async def test_of_a_used_key_it_is_known_when(world: World, api: httpx2.AsyncClient) -> None:
    made = await issue(api)
    async with using(world, made["key"]) as client:
        assert (await client.get("/v1/solutions")).status_code == 200
        first = (await api.get(f"/v1/keys/{made['id']}")).json()["used"]
        assert first > made["created"]
        await client.get("/v1/solutions")
    # Within the hour nothing is written again.
    assert (await api.get(f"/v1/keys/{made['id']}")).json()["used"] == first


async def test_a_rotated_key_and_its_heir_are_good_and_no_third(
    world: World, api: httpx2.AsyncClient
) -> None:
    keys = [await issue(api, scope={"read_only": True})]
    for _ in range(2):
        answer = await api.post(f"/v1/keys/{keys[-1]['id']}/rotate", json={"overlap": 3600})
        assert answer.status_code == 201, answer.text
        keys.append(answer.json())
    assert [one["replaces"] for one in keys] == [None, keys[0]["id"], keys[1]["id"]]
    assert {str(one["scope"]) for one in keys} == {str(keys[0]["scope"])}
    good = []
    for one in keys:
        async with using(world, one["key"]) as client:
            good.append((await client.get("/v1/solutions")).status_code)
    assert good == [401, 200, 200]
    twice = await api.post(f"/v1/keys/{keys[1]['id']}/rotate")
    assert problem(twice) == (409, "key.over")


async def test_a_key_rotated_without_overlap_is_over_at_once(
    world: World, api: httpx2.AsyncClient
) -> None:
    made = await issue(api)
    await api.post(f"/v1/keys/{made['id']}/rotate", json={"overlap": 0})
    async with using(world, made["key"]) as client:
        assert (await client.get("/v1/solutions")).status_code == 401


async def test_of_many_who_rotate_a_key_at_once_one_does(api: httpx2.AsyncClient) -> None:
    made = await issue(api)
    path = f"/v1/keys/{made['id']}/rotate"
    answers = await asyncio.gather(*(api.post(path) for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [201, *[409] * 7]


async def test_a_revoked_key_opens_nothing(world: World, api: httpx2.AsyncClient) -> None:
    made = await issue(api)
    assert (await api.delete(f"/v1/keys/{made['id']}")).status_code == 204
    async with using(world, made["key"]) as client:
        assert problem(await client.get("/v1/solutions")) == (401, "api.unauthenticated")
    assert problem(await api.delete("/v1/keys/nobody")) == (404, "key.missing")


@pytest.mark.parametrize(
    ("issuer", "asked", "where"),
    [
        (principal("t", "tenant-admin"), {"roles": ["platform-admin"]}, "/roles"),
        (principal("t", "tenant-admin"), {"roles": ["viewer", "platform-admin"]}, "/roles"),
        (principal("s", "tenant-admin", kind="service"), {"kind": "user"}, "/roles"),
    ],
)
async def test_nobody_issues_more_rights_than_they_have(
    world: World, issuer: Any, asked: dict[str, Any], where: str
) -> None:
    async with await world.client(issuer) as client:
        refused = await client.post("/v1/keys", json={**ASKED, **asked})
        assert problem(refused) == (403, "key.rights")
        assert refused.json()["pointer"] == where


async def test_a_key_of_one_environment_issues_none_for_another(
    world: World, api: httpx2.AsyncClient
) -> None:
    made = await issue(api, roles=["tenant-admin"], kind="user", environment="production")
    async with using(world, made["key"]) as admin:
        for other in ("staging", "all"):
            refused = await admin.post("/v1/keys", json={**ASKED, "environment": other})
            assert problem(refused) == (403, "key.rights")
        same = await admin.post("/v1/keys", json=ASKED)
        assert same.json()["environment"] == "production"


async def test_the_key_of_a_platform_admin_is_not_rotated_by_less(
    world: World, api: httpx2.AsyncClient
) -> None:
    keys = world.services.stores.keys
    top = await asyncio.to_thread(
        keys.issue, principal("root", "platform-admin"), name="root", environment="all"
    )
    refused = await api.post(f"/v1/keys/{top.split('_')[2]}/rotate")
    assert problem(refused) == (403, "key.rights")


@pytest.mark.parametrize("days", [0, 367, 10**9])
async def test_no_key_lives_longer_than_a_year(api: httpx2.AsyncClient, days: int) -> None:
    assert problem(await api.post("/v1/keys", json={**ASKED, "days": days}))[0] == 422


async def test_a_key_opens_nothing_in_another_environment(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    version = f"/v1/solutions/{solution}/versions/1.0.0"
    made = await issue(api, roles=["operator"], environment="staging")
    async with using(world, made["key"]) as staging:
        refused = [
            await staging.get(f"/v1/solutions/{solution}"),
            # A query that the operation does not read says nothing.
            await staging.get(f"/v1/solutions/{solution}?environment=staging"),
            await staging.post(f"/v1/solutions/{solution}/intents/greet"),
            await staging.post(
                f"/v1/solutions/{solution}/intents/greet?environment=staging&environment=production"
            ),
            await staging.post(f"{version}/deploy"),
            await staging.post(f"{version}/deploy", json={"environment": "production"}),
            await staging.post(
                "/v1/widgets/tokens",
                json={"solution": solution, "origin": "https://a.example", "scopes": ["chat"]},
            ),
        ]
        assert [problem(one) for one in refused] == [(403, "api.environment")] * len(refused)
        done = await staging.post(f"{version}/deploy", json={"environment": "staging"})
        assert done.status_code == 200
        sent = await staging.post(f"/v1/solutions/{solution}/intents/greet?environment=staging")
        assert sent.status_code == 202


async def test_a_key_with_another_environment_in_its_text_is_nobodys(
    world: World, api: httpx2.AsyncClient
) -> None:
    import zlib

    made = await issue(api, environment="staging")
    body = made["key"].rpartition("_")[0].replace("sym_staging_", "sym_production_")
    async with using(world, f"{body}_{zlib.crc32(body.encode()):08x}") as client:
        assert problem(await client.get("/v1/solutions")) == (401, "api.unauthenticated")


@pytest.mark.parametrize(("scope", "request_"), LIMITED)
async def test_a_limited_key_is_refused_outside_its_limits(
    world: World, api: httpx2.AsyncClient, scope: dict[str, Any], request_: str
) -> None:
    made = await issue(api, roles=["tenant-admin"], scope=scope)
    async with using(world, made["key"]) as client:
        assert problem(await tried(client, request_, "acme.mine")) == (403, "api.scope")


async def test_a_limited_key_does_what_it_is_for(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    made = await issue(api, roles=["operator"], scope={"solutions": [solution]})
    async with using(world, made["key"]) as client:
        sent = await client.post(f"/v1/solutions/{solution}/intents/greet")
        assert sent.status_code == 202
        assert (await client.get(f"/v1/runs/{sent.json()['run']}")).status_code == 200
        listed = (await client.get(f"/v1/runs?solution={solution}")).json()["items"]
        assert {one["solution"] for one in listed} <= {solution}
    reading = await issue(api, roles=["tenant-admin"], scope={"read_only": True})
    async with using(world, reading["key"]) as client:
        assert (await client.get(f"/v1/solutions/{solution}")).status_code == 200
        checked = await client.post("/v1/definitions/check", content=pure("read"))
        assert checked.status_code == 200
        assert problem(await client.post("/v1/keys", json=ASKED)) == (403, "api.scope")


async def test_a_key_may_be_good_from_some_networks_only(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    elsewhere, here = ["192.0.2.0/24", "2001:db8::/32"], ["192.0.2.0/24", "127.0.0.0/8"]
    far = await issue(api, roles=["tenant-admin"], scope={"networks": elsewhere})
    near = await issue(api, roles=["tenant-admin"], scope={"networks": here})
    assert near["scope"]["networks"] == here
    async with using(world, far["key"]) as client:
        assert problem(await client.get("/v1/solutions")) == (403, "api.scope")
        assert (await client.get("/scim/v2/Users")).status_code == 403
        # What somebody says of where they are is not where they are.
        said = {"x-forwarded-for": "192.0.2.7", "forwarded": "for=192.0.2.7"}
        assert problem(await client.get("/v1/solutions", headers=said)) == (403, "api.scope")
    async with using(world, near["key"]) as client:
        assert (await client.get("/v1/solutions")).status_code == 200
        rotated = await client.post(f"/v1/keys/{far['id']}/rotate")
        assert rotated.json()["scope"]["networks"] == elsewhere
    for text in (far["key"], near["key"]):
        # A browser takes its ticket anywhere.
        assert (await nobody.post("/outbox/session", data={"key": text})).status_code == 401
    wrong = await api.post("/v1/keys", json={**ASKED, "scope": {"networks": ["192.0.2.7/24"]}})
    assert problem(wrong) == (422, "api.invalid-request")
