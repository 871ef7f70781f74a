"""The way of versions through environments: promoted, apart, taken back, in an emergency."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from temporalio.service import RPCError

from symphainy.identity import Principal
from temporal.addresses import scheduled_id
from tests.api.governed import City, governed
from tests.api.test_lifecycle import state
from tests.api.world import World, principal, problem, pure, put, waiting


@pytest.fixture(scope="module")
async def city(world: World) -> AsyncIterator[City]:
    async with governed(world) as city:
        yield city


def solution_of(version: str) -> str:
    return version.split("/versions/")[0]


async def back(city: City, version: str, /, **more: str) -> httpx2.Response:
    """What taking production back answers."""
    body = {"environment": "production", **more}
    return await city.people["opal"].post(f"{solution_of(version)}/rollback", json=body)


async def test_a_version_is_promoted_from_one_environment_to_the_next(city: City) -> None:
    version = await city.approved()
    opal = city.people["opal"]
    never = await opal.post(f"{version}/promote", json={"from": "staging", "to": "production"})
    assert problem(never) == (409, "lifecycle.never-ran")
    await city.deployed(version, "staging")
    down = await opal.post(f"{version}/promote", json={"from": "production", "to": "staging"})
    assert problem(down) == (422, "lifecycle.order")
    done = (await opal.post(f"{version}/promote", json={"why": "A quiet week."})).json()
    told = {name: done[name] for name in ("environment", "ground", "act", "source", "why")}
    assert told == {
        "environment": "production",
        "ground": "approved",
        "act": "promote",
        "source": "staging",
        "why": "A quiet week.",
    }


async def test_promotion_does_not_stand_in_for_approval(city: City) -> None:
    version = await city.drafted()
    await city.deployed(version, "sandbox")
    refused = await city.people["opal"].post(f"{version}/promote")
    assert problem(refused) == (409, "lifecycle.not-approved")


async def test_an_environment_can_ask_that_versions_ran_in_the_one_before(world: World) -> None:
    async with governed(world, promoted_environments=("production",)) as city:
        version = await city.approved()
        refused = await city.deployed(version, "production")
        assert problem(refused) == (409, "lifecycle.promote-first")
        await city.deployed(version, "staging")
        assert (await city.deployed(version, "production")).status_code == 200


async def test_production_goes_back_to_what_ran_before_without_a_new_approval(city: City) -> None:
    first = await city.approved()
    second, third = await city.next(first, "1.1.0"), await city.next(first, "1.2.0")
    for one in (first, second, third):
        assert (await city.deployed(one, "production")).status_code == 200
    steps = []
    for _ in range(2):
        done = await back(city, first)
        steps.append((done.json()["version"], done.json()["act"], done.json()["ground"]))
    assert steps == [("1.1.0", "rollback", "approved"), ("1.0.0", "rollback", "approved")]
    assert problem(await back(city, first)) == (409, "lifecycle.nothing-before")
    shown = await city.people["vera"].get(f"{solution_of(first)}/deployments")
    assert [(one["version"], one["act"], one["by"]) for one in shown.json()["items"]] == [
        ("1.0.0", "rollback", "opal"),
        ("1.1.0", "rollback", "opal"),
        ("1.2.0", "deploy", "opal"),
        ("1.1.0", "deploy", "opal"),
        ("1.0.0", "deploy", "opal"),
    ]


async def test_the_same_rollback_asked_again_goes_no_further_back(city: City) -> None:
    first = await city.approved()
    for one in (first, await city.next(first, "1.1.0"), await city.next(first, "1.2.0")):
        await city.deployed(one, "production")
    address = f"{solution_of(first)}/rollback"
    once = {"Idempotency-Key": "once"}
    answers = [(await city.people["opal"].post(address, headers=once)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["version"] == "1.1.0"
    moved = await back(city, first, running="1.2.0")
    assert problem(moved) == (409, "lifecycle.moved-on")


async def test_what_was_retired_or_lost_its_approval_does_not_run_again(city: City) -> None:
    first = await city.approved()
    versions = [first, *[await city.next(first, f"1.{n}.0") for n in (1, 2, 3)]]
    for one in versions:
        await city.deployed(one, "production")
    await city.people["opal"].post(f"{versions[2]}/retire")
    await city.people["rex"].post(f"{versions[1]}/reject", json={"reason": "It was wrong."})
    named = await back(city, first, version="1.1.0")
    assert problem(named) == (409, "lifecycle.nothing-before")
    assert (await back(city, first)).json()["version"] == "1.0.0"


async def test_environments_that_drifted_apart_say_in_what(city: City) -> None:
    first = await city.approved()
    await city.deployed(first, "production")
    await city.deployed(await city.next(first, "1.1.0"), "staging")
    drift = (await city.people["vera"].get(f"{solution_of(first)}/drift")).json()
    here = {one["environment"]: (one["version"], one["approved"]) for one in drift["environments"]}
    assert here == {"production": ("1.0.0", True), "staging": ("1.1.0", True)}
    [between] = drift["drift"]
    assert (between["from"], between["to"], between["same"]) == ("staging", "production", False)
    assert [(one["what"], one["how"], one["name"]) for one in between["changes"]] == [
        ("step", "changed", "do/hello")
    ]
    query = "?from=staging&to=sandbox"
    none = await city.people["vera"].get(f"{solution_of(first)}/drift{query}")
    assert problem(none) == (409, "solution.not-deployed")


async def test_two_versions_differ_in_what_they_do(city: City) -> None:
    first = await city.approved()
    await city.next(first, "1.1.0")
    compared = (await city.people["vera"].get(f"{first}/diff/1.1.0")).json()
    [change] = compared["changes"]
    assert change["before"] == {"value": {"greeting": '${ "Hello, " + (.name // "you") }'}}
    assert change["after"] == {
        "value": {"greeting": '${ "Hello from 1.1.0, " + (.name // "you") }'}
    }
    same = (await city.people["vera"].get(f"{first}/diff/1.0.0")).json()
    assert (same["same"], same["changes"]) == (True, [])


async def test_glass_can_be_broken_and_is_an_alarm_until_another_person_looked(
    city: City,
) -> None:
    version = await city.drafted()
    reason = "The old one calls people at night."
    done = (await city.deployed(version, "production", break_glass=reason)).json()
    assert (done["ground"], await state(city, version)) == ("broken-glass", "deployed")
    listed = (await city.people["vera"].get("/v1/break-glass")).json()["items"]
    [broken] = [one for one in listed if one["id"] == done["glass"]]
    assert (broken["by"], broken["reason"], broken["verdict"]) == ("opal", reason, None)
    stores = city.world.services.stores
    events = stores.callbacks.events("acme", kind="glass.broken", limit=200)
    assert [one.reason for one in events if one.id == done["glass"]] == [
        f"{version.split('/')[3]}@1.0.0 runs in production without approval, by opal"
    ]
    records = stores.audit.list("acme", limit=50)
    assert "glass.broken" in [
        one.action for one in records if one.details.get("glass") == done["glass"]
    ]
    address = f"/v1/break-glass/{done['glass']}"
    looked = await city.people["ben"].post(f"{address}/review", json={"comment": "It was."})
    assert (looked.json()["verdict"], looked.json()["reviewer"]) == ("upheld", "ben")
    rest = (await city.people["vera"].get("/v1/break-glass?limit=200")).json()["items"]
    assert done["glass"] not in [one["id"] for one in rest]
    other = await city.people["bea"].post(f"{address}/review", json={"upheld": False})
    assert problem(other) == (409, "lifecycle.glass-reviewed")


async def test_neither_who_broke_it_nor_the_author_reviews_it(city: City) -> None:
    version = await city.drafted("amy")
    body = {"environment": "production", "break_glass": "It burns."}
    done = (await city.people["olga"].post(f"{version}/deploy", json=body)).json()
    address = f"/v1/break-glass/{done['glass']}/review"
    for who in ("olga", "amy"):
        refused = await city.people[who].post(address)
        assert problem(refused) == (403, "lifecycle.own-work")
    assert (await city.people["ben"].post(address)).json()["verdict"] == "upheld"


async def test_glass_that_nobody_upheld_is_nothing_to_go_back_to(city: City) -> None:
    burning = await city.drafted()
    first = await city.next(burning, "0.9.0")
    await city.deployed(first, "production")
    await city.deployed(burning, "production", break_glass="It burns.")
    await city.deployed(await city.next(burning, "1.1.0"), "production")
    assert (await back(city, burning)).json()["version"] == "0.9.0"


async def test_glass_that_need_not_be_broken_stays_whole(city: City) -> None:
    version = await city.approved()
    done = (await city.deployed(version, "production", break_glass="Quick!")).json()
    assert (done["ground"], done["glass"]) == ("approved", None)


async def test_deploying_through_the_same_glass_twice_is_one_alarm(city: City) -> None:
    version = await city.drafted()
    one = (await city.deployed(version, "production", break_glass="It burns.")).json()
    two = (await city.deployed(version, "production", break_glass="It burns.")).json()
    assert one["glass"] == two["glass"]


async def test_only_a_person_breaks_glass(city: City) -> None:
    version = await city.drafted()
    robot = Principal(tenant="acme", id="ci", kind="service", roles=frozenset({"operator"}))
    async with await city.world.client(robot) as client:
        body = {"environment": "production", "break_glass": "It burns."}
        refused = await client.post(f"{version}/deploy", json=body)
        assert problem(refused) == (403, "lifecycle.not-a-person")
        assert problem(await client.post(f"{version}/deploy")) == (409, "lifecycle.not-approved")


async def test_runs_under_way_stay_on_the_version_they_began_with(city: City) -> None:
    name = city.name()
    text = waiting(name)
    ada, ben, opal = (city.people[one] for one in ("ada", "ben", "opal"))
    runs = []
    for number in ("1.0.0", "1.1.0"):
        version = f"/v1/solutions/acme.{name}/versions/{number}"
        await put(ada, name, text.replace("1.0.0", number), number)
        await ada.post(f"{version}/submit")
        await ben.post(f"{version}/approve")
        await city.deployed(version, "production")
        started = await opal.post(f"/v1/solutions/acme.{name}/intents/start")
        runs.append(started.json()["run"])
    shown = [(await opal.get(f"/v1/runs/{run}")).json() for run in runs]
    assert [(one["version"], one["status"]) for one in shown] == [
        ("1.0.0", "running"),
        ("1.1.0", "running"),
    ]


async def test_the_only_person_of_a_platform_deploys_what_they_wrote(world: World) -> None:
    async with governed(world, sole_owners=("olga", "amy")) as city:
        solo = await city.world.client(principal("olga", "author", "operator"))
        name = city.name()
        version = f"/v1/solutions/acme.{name}/versions/1.0.0"
        async with solo as olga:
            await put(olga, name, waiting(name))
            done = (await olga.post(f"{version}/deploy")).json()
            assert (done["environment"], done["ground"]) == ("production", "owner")
            others = await city.drafted("ada")
            refused = await olga.post(f"{others}/deploy")
            assert problem(refused) == (409, "lifecycle.not-approved")
            asked = f"/v1/solutions/acme.{(other := city.name())}/versions/1.0.0"
            await put(olga, other, waiting(other))
            await olga.post(f"{asked}/submit")
            refused = await olga.post(f"{asked}/deploy")
            assert problem(refused) == (409, "lifecycle.not-approved")


async def test_of_many_who_deploy_at_once_what_runs_is_what_is_scheduled(city: City) -> None:
    first = await city.approved()
    solution, name = solution_of(first), solution_of(first).rpartition(".")[2]
    text = pure(name, "1.1.0").replace("do:\n", "schedule: {every: {hours: 9}}\ndo:\n")
    assert (await put(city.people["ada"], name, text, "1.1.0")).status_code == 201
    second = f"{solution}/versions/1.1.0"
    await city.people["ada"].post(f"{second}/submit")
    await city.people["ben"].post(f"{second}/approve")

    done = await asyncio.gather(
        *(city.deployed(version, "production") for version in (first, second) * 4)
    )

    assert [(one.status_code, one.text) for one in done if one.status_code != 200] == []
    runs = (await city.people["vera"].get(solution)).json()["deployed"]["production"]
    id = scheduled_id("acme", f"acme.{name}", "production")
    schedule = city.world.services.client.get_schedule_handle(id)
    if runs == "1.1.0":
        assert (await schedule.describe()).schedule.state.note == f"acme.{name} 1.1.0"
    else:
        with pytest.raises(RPCError):
            await schedule.describe()
