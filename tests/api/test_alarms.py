"""Alarms over HTTP: listed with what to do, acknowledged by whoever may watch."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx2
import pytest

from idp.alarms import acknowledge, alarms
from idp.client import Platform
from smart_city.alarms import REMEDIES, Alarm
from temporal.telemetry.alarming import look
from tests.api.governed import governed
from tests.api.world import World, principal, problem

LATER = datetime.now(UTC) + timedelta(hours=1)
"""What was seen then is not over by what pools and the API find meanwhile, who look too."""
RAISED = Alarm(kind="unknowns", severity="critical", subject="deliveries", told="Nobody knows.")


@pytest.fixture
async def operator(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who may watch, in a tenant where an alarm stands."""
    world.services.stores.alarms.see("loud", [RAISED], LATER)
    async with await world.client(principal("olga", "operator", tenant="loud")) as client:
        yield client


async def test_an_alarm_is_listed_acknowledged_and_over(
    world: World, operator: httpx2.AsyncClient
) -> None:
    (raised,) = (await operator.get("/v1/alarms")).json()["items"]
    path = f"/v1/alarms/{raised['id']}/acknowledge"
    taken = (await operator.post(path, json={"note": "on it"})).json()
    world.services.stores.alarms.see("loud", [], LATER)
    left = (await operator.get("/v1/alarms")).json()["items"]
    (over,) = (await operator.get("/v1/alarms?over=true&limit=1")).json()["items"]

    assert (raised["state"], raised["told"]) == ("open", "Nobody knows.")
    assert raised["remedy"] == REMEDIES["unknowns"]
    assert (taken["state"], taken["by"], taken["note"]) == ("acknowledged", "olga", "on it")
    assert left == []
    assert (over["id"], over["state"]) == (raised["id"], "over")


async def test_an_alarm_of_another_tenant_is_none(
    operator: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    found = (await operator.get("/v1/alarms?over=true")).json()["items"][0]

    answer = await stranger.post(f"/v1/alarms/{found['id']}/acknowledge")
    assert problem(answer) == (404, "alarm.missing")


async def test_who_may_not_watch_sees_no_alarms(world: World) -> None:
    async with await world.client(principal("vera", "viewer")) as viewer:
        assert problem(await viewer.get("/v1/alarms")) == (403, "api.forbidden")


async def test_broken_glass_is_an_alarm_at_once_and_over_when_somebody_else_looked(
    world: World,
) -> None:
    async with governed(world) as city:
        done = (await city.deployed(await city.drafted(), "staging", break_glass="Fire.")).json()
        opal, services = city.people["opal"], city.world.services
        known = services.client, services.stores, services.settings

        async def of_it() -> list[dict[str, str]]:
            await look(*known)
            items = (await opal.get("/v1/alarms?over=true&limit=200")).json()["items"]
            return [one for one in items if one["subject"] == f"glass:{done['glass']}"]

        (raised,) = await of_it()
        await city.people["ben"].post(f"/v1/break-glass/{done['glass']}/review")
        (over,) = await of_it()

    assert (raised["kind"], raised["severity"], raised["state"]) == (
        "unreviewed",
        "warning",
        "open",
    )
    assert (over["id"], over["state"]) == (raised["id"], "over")
    page = partial(services.stores.events.page, "acme", services.settings.environment)
    for what in ("raised", "cleared"):
        told = [one.envelope["data"] for one in page(type=f"com.symphainy.alarm.{what}.v1")]
        assert [one["kind"] for one in told if one["id"] == raised["id"]] == ["unreviewed"]


def test_an_alarm_that_becomes_critical_is_told_once_more(world: World) -> None:
    stores = world.services.stores
    mild = RAISED.model_copy(update={"severity": "warning"})
    for one in (mild, mild, RAISED, RAISED):
        stores.alarms.see("worse", [one], LATER)

    told = stores.events.page("worse", "production", type="com.symphainy.alarm.raised.v1")
    assert sorted(str(one.envelope["data"]["severity"]) for one in told) == ["critical", "warning"]


def test_who_looked_first_and_comes_last_changes_nothing(world: World) -> None:
    seen, at = world.services.stores.alarms.see, [LATER + timedelta(seconds=n) for n in range(4)]
    raised = seen("torn", [RAISED], at[1]).raised
    assert seen("torn", [], at[0]).cleared == ()
    assert [one.id for one in seen("torn", [], at[3]).cleared] == [one.id for one in raised]
    assert seen("torn", [RAISED], at[2]).raised == ()
    assert len(seen("torn", [RAISED], at[3] + timedelta(seconds=1)).raised) == 1


async def test_the_command_tells_what_to_do_until_somebody_looks_into_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.services.stores.alarms.see("heard", [RAISED], LATER)
    by = principal("olga", "operator", tenant="heard")
    key = world.services.stores.keys.issue(by, name="test", environment="production")

    with closing(Platform(world.url, key)) as platform:
        assert await asyncio.to_thread(alarms, platform, over=False, as_json=False) == 1
        line, remedy = capsys.readouterr().out.splitlines()
        id, severity, state, *told = line.split(maxsplit=3)
        assert (severity, state, told) == ("critical", "open:", ["Nobody knows."])
        assert remedy.strip() == REMEDIES["unknowns"]
        assert await asyncio.to_thread(acknowledge, platform, id, "on it") == 0
        assert "acknowledged (olga)" in capsys.readouterr().out
        assert await asyncio.to_thread(alarms, platform, over=False, as_json=True) == 0
        (shown,) = json.loads(capsys.readouterr().out)
        assert (shown["id"], shown["note"]) == (id, "on it")
