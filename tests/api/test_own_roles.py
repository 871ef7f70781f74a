"""Roles of a tenant's own: what they let their holders do where, and who decides with them."""

import asyncio
import os
import sys
from typing import Any

import httpx2
import pytest

from smart_city.roles import ROLES
from tests.api.test_deliveries import asked, ended
from tests.api.world import World, deployed, principal, problem, pure, put


async def said(admin: httpx2.AsyncClient, role: str, **says: Any) -> dict[str, Any]:
    answer = await admin.put(f"/v1/roles/{role}", json=says)
    assert answer.status_code == 200, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


async def test_a_role_of_a_tenants_own_is_said_shown_and_taken_back(
    api: httpx2.AsyncClient,
) -> None:
    says = {"actions": ["read", "operate"], "groups": ["Collectors"]}
    kept = await said(api, "collector", **says)
    assert kept == {
        "name": "collector",
        "built_in": False,
        "actions": ["operate", "read"],
        "solutions": None,
        "environments": None,
        "groups": ["Collectors"],
        "by": "owner",
        "updated": kept["updated"],
    }
    assert (await api.get("/v1/roles/collector")).json() == kept
    items = (await api.get("/v1/roles")).json()["items"]
    assert [one["name"] for one in items][: len(ROLES)] == list(ROLES)
    assert kept in items
    assert (await api.delete("/v1/roles/collector")).status_code == 204
    assert problem(await api.get("/v1/roles/collector")) == (404, "role.missing")
    assert problem(await api.delete("/v1/roles/collector")) == (404, "role.missing")


@pytest.mark.parametrize(
    ("role", "says", "refused"),
    [
        ("viewer", {"actions": ["deploy"]}, (409, "role.built-in")),
        ("viewer", {"environments": ["sandbox"]}, (409, "role.built-in")),
        ("platform-admin", {"groups": ["Everybody"]}, (403, "role.rights")),
        ("mighty", {"actions": ["govern"]}, (422, "role.action")),
        ("mighty", {"actions": ["decide"]}, (422, "role.action")),
        ("mighty", {"actions": ["fly"]}, (422, "role.action")),
        ("mighty", {"may": ["read"]}, (422, "api.invalid-request")),
        ("mighty", {"groups": [""]}, (422, "api.invalid-request")),
        ("a%20b", {}, (422, "role.name")),
        ("x" * 120, {}, (422, "role.name")),
    ],
)
async def test_what_no_role_can_be_is_refused(
    api: httpx2.AsyncClient, role: str, says: dict[str, Any], refused: tuple[int, str]
) -> None:
    assert problem(await api.put(f"/v1/roles/{role}", json=says)) == refused


async def test_nobody_gives_more_than_they_have(world: World, api: httpx2.AsyncClient) -> None:
    await said(api, "registrar", actions=["read", "administer"])
    async with await world.client(principal("rex", "registrar")) as rex:
        assert problem(await rex.put("/v1/roles/r1", json={"actions": ["deploy"]})) == (
            403,
            "role.rights",
        )
        assert problem(await rex.put("/v1/roles/operator", json={"groups": ["Rexes"]})) == (
            403,
            "role.rights",
        )
        assert (await rex.put("/v1/roles/r1", json={"actions": ["read"]})).status_code == 200
        asks = {"name": "r", "principal": "r", "roles": ["registrar"]}
        assert (await rex.post("/v1/keys", json=asks)).status_code == 201
        asks = {"name": "r", "principal": "r", "roles": ["operator"]}
        assert problem(await rex.post("/v1/keys", json=asks)) == (403, "key.rights")
        await said(api, "runner", actions=["operate"])
        asks = {"name": "r", "principal": "r", "roles": ["runner"]}
        assert problem(await rex.post("/v1/keys", json=asks)) == (403, "key.rights")
    service = principal("bot", "tenant-admin", kind="service")
    async with await world.client(service) as bot:
        answer = await bot.put("/v1/roles/viewer", json={"groups": ["Bots"]})
        assert problem(answer) == (403, "role.rights")


async def test_a_role_holds_only_where_it_is_said_to(world: World, api: httpx2.AsyncClient) -> None:
    mine, other = world.name("mine"), world.name("other")
    for name in (mine, other):
        await deployed(api, name, pure(name))
    limits: dict[str, Any] = {"solutions": [f"acme.{mine}"], "environments": ["sandbox"]}
    await said(api, "keeper", actions=["read", "deploy", "operate"], **limits)
    home = world.services.settings.environment
    async with await world.client(principal("kit", "keeper")) as kit:
        deploy = f"/v1/solutions/acme.{mine}/versions/1.0.0/deploy"
        body = {"environment": "sandbox"}
        assert (await kit.post(deploy, json=body)).status_code == 200
        answer = await kit.post(deploy, json={"environment": "staging"})
        assert problem(answer) == (403, "api.forbidden")
        there = deploy.replace(mine, other)
        assert problem(await kit.post(there, json=body)) == (403, "api.forbidden")
        # Nothing of it is for all solutions.
        assert problem(await kit.get("/v1/solutions")) == (403, "api.forbidden")
        assert problem(await kit.get(f"/v1/solutions/acme.{mine}")) == (403, "api.forbidden")
        await said(api, "keeper", actions=["read"], **{**limits, "environments": [home]})
        assert (await kit.get(f"/v1/solutions/acme.{mine}")).status_code == 200
        assert problem(await kit.get(f"/v1/solutions/acme.{other}")) == (403, "api.forbidden")
        await api.delete("/v1/roles/keeper")
        assert problem(await kit.get(f"/v1/solutions/acme.{mine}")) == (403, "api.forbidden")


async def test_whoever_may_register_by_a_role_of_their_own_does(
    world: World, api: httpx2.AsyncClient
) -> None:
    await said(api, "scribe", actions=["read", "register"])
    name = world.name("scribed")
    async with await world.client(principal("sky", "scribe")) as sky:
        assert (await put(sky, name, pure(name))).status_code == 201


async def test_another_tenants_roles_are_not_there(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    await said(api, "warden", actions=["audit"])
    assert problem(await stranger.get("/v1/roles/warden")) == (404, "role.missing")
    assert problem(await stranger.delete("/v1/roles/warden")) == (404, "role.missing")
    async with await world.client(principal("wes", "warden", tenant="evil")) as wes:
        assert problem(await wes.get("/v1/audit")) == (403, "api.forbidden")


async def test_the_command_line_says_shows_and_takes_back(world: World) -> None:
    keys = world.services.stores.keys
    admin = principal("root", "tenant-admin", tenant="commands")
    key = await asyncio.to_thread(keys.issue, admin, name="cli", environment="all")

    async def role(*words: str) -> tuple[int | None, str, str]:
        env = {**os.environ, "SYMPHAINY_URL": world.url, "SYMPHAINY_API_KEY": key}
        done = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "idp.cli", "role", *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
        )
        out, error = await done.communicate()
        return done.returncode, out.decode(), error.decode()

    said = "collector: operate, read; solutions acme.a; groups Collectors\n"
    collector = ("--may", "read", "--may", "operate", "--solution", "acme.a")
    assert await role("set", "collector", *collector, "--group", "Collectors") == (0, said, "")
    assert await role("set", "lead", "--group", "Leads") == (
        0,
        "lead: decides on approvals; groups Leads\n",
        "",
    )
    listed = await role("list")
    assert listed[0] == 0
    assert said in listed[1].splitlines(keepends=True)
    assert await role("remove", "collector") == (0, "", "")
    code, _, error = await role("remove", "collector")
    assert (code, "role.missing" in error) == (1, True)


# Abuse 17, in runs: a role that is gone, a role for elsewhere, the same person by another name.


async def test_a_role_taken_between_question_and_answer_does_not_answer(
    world: World, api: httpx2.AsyncClient
) -> None:
    people, groups = world.services.stores.people, world.services.stores.groups
    await said(api, "collections-lead", groups=["Leads"])
    lou = await asyncio.to_thread(people.create, "acme", user_name="lou@acme.example")
    leads = await asyncio.to_thread(groups.create, "acme", name="Leads", members=[lou.id])
    try:
        async with await world.client(principal(lou.id, "collections-lead")) as his:
            run, approval = await asked(world, api)
            path = f"/v1/approvals/{approval['id']}/approve"
            fields: dict[str, Any] = {"name": "Leads", "external_id": None, "attributes": {}}
            await asyncio.to_thread(groups.update, "acme", leads.id, **fields, members=[])
            assert problem(await his.post(path)) == (403, "approval.role")
            await asyncio.to_thread(groups.update, "acme", leads.id, **fields, members=[lou.id])
            answer = await his.post(path)
            assert (answer.status_code, answer.json()["by"]) == (200, lou.id)
            assert (await ended(api, run))["status"] == "completed"
    finally:
        await api.delete("/v1/roles/collections-lead")


async def test_a_role_for_other_solutions_does_not_answer(
    world: World, api: httpx2.AsyncClient
) -> None:
    run, approval = await asked(world, api)
    path = f"/v1/approvals/{approval['id']}/approve"
    try:
        async with await world.client(principal("lena", "collections-lead")) as lead:
            await said(api, "collections-lead", solutions=["acme.elsewhere"])
            assert problem(await lead.post(path)) == (403, "approval.role")
            await said(api, "collections-lead", environments=["elsewhere"])
            assert problem(await lead.post(path)) == (403, "approval.role")
            here = {"solutions": [approval["solution"]]}
            await said(api, "collections-lead", **here, environments=["production", "sandbox"])
            assert (await lead.post(path)).status_code == 200
        assert (await ended(api, run))["status"] == "completed"
    finally:
        await api.delete("/v1/roles/collections-lead")


async def test_nobody_answers_what_they_started_under_another_name(
    world: World, api: httpx2.AsyncClient
) -> None:
    people, groups = world.services.stores.people, world.services.stores.groups
    async with await world.client(principal("old-name", "admin")) as starter:
        run, approval = await asked(world, starter)
    # Only then the identity provider tells who that is.
    noa = await asyncio.to_thread(
        people.create, "acme", user_name="noa@acme.example", external_id="old-name"
    )
    await asyncio.to_thread(groups.create, "acme", name="Noas", members=[noa.id])
    await said(api, "collections-lead", groups=["Noas"])
    path = f"/v1/approvals/{approval['id']}/approve"
    try:
        for name in ("old-name", "noa@acme.example", noa.id):
            async with await world.client(principal(name, "collections-lead")) as hers:
                assert problem(await hers.post(path)) == (403, "approval.not-distinct")
        async with await world.client(principal("lena", "collections-lead")) as lead:
            assert (await lead.post(path)).status_code == 200
        assert (await ended(api, run))["status"] == "completed"
    finally:
        await api.delete("/v1/roles/collections-lead")
