"""Schedules on the real server: what is deployed starts by itself, until it is taken away."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from temporalio.client import ScheduleOverlapPolicy

from symphainy.errors import Refused
from temporal.addresses import scheduled_id
from temporal.runs import Run
from temporal.schedules import Due, Schedules
from tests.runtime.platform import Platform

CRON = """
document: {dsl: 1.0.3, namespace: test, name: leaping-{{n}}, version: 1.0.0}
schedule: {cron: "0 3 29 2 *"}
intents:
  report: {starts: true, zone: Europe/Vienna}
do:
  - look: {call: content.render, with: {template: "{{ n }}", data: {n: "${ $workflow.id }"}}}
"""
EVERY = """
document: {dsl: 1.0.3, namespace: test, name: often-{{n}}, version: 1.0.0}
schedule: {every: {hours: 1}}
do:
  - hold: {set: {held: true}}
"""
AFTER = """
document: {dsl: 1.0.3, namespace: test, name: again-{{n}}, version: 1.0.0}
schedule: {after: {seconds: 1}}
do:
  - look: {set: {at: "${ now }"}}
"""


def due(platform: Platform, solution: str, *, paused: bool = False) -> Due:
    """The deployment of `solution` that is in force."""
    deployed = platform.stores.definitions.deployment("acme", solution, "production")
    assert deployed is not None
    version = platform.stores.definitions.version("acme", solution, deployed.version)
    assert version is not None
    return Due(
        tenant="acme",
        environment="production",
        solution=solution,
        version=deployed.version,
        plan=version.plan_digest,
        stamp=deployed.at.isoformat(),
        paused=paused,
    )


async def runs_of(platform: Platform, solution: str, count: int) -> list[Run]:
    """The runs of `solution`, once there are `count` that are over."""
    async with asyncio.timeout(120):
        while True:
            found = (await platform.runs.page("acme", solution=solution)).runs
            over = [one for one in found if one.status != "running"]
            if len(over) >= count:
                return over
            await asyncio.sleep(0.2)


async def test_what_a_schedule_starts_is_a_run_like_any_other(platform: Platform) -> None:
    solution = platform.deploy(CRON)
    schedules = Schedules(platform.client, platform.intake)
    await schedules.follow(due(platform, solution))
    handle = platform.client.get_schedule_handle(scheduled_id("acme", solution, "production"))

    described = (await handle.describe()).schedule
    await handle.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    [run] = await runs_of(platform, solution, 1)
    await schedules.forget("acme", solution, "production")

    assert described.spec.time_zone_name == "Europe/Vienna"
    assert run.status == "completed", run.problem
    assert run.run.startswith(f"{solution}::schedule-")
    shown = await platform.runs.get("acme", run.run)
    assert shown.output == {"text": run.run}


async def test_deploying_again_replaces_a_schedule_and_taking_away_ends_it(
    platform: Platform,
) -> None:
    solution = platform.deploy(EVERY)
    schedules = Schedules(platform.client, platform.intake)
    handle = platform.client.get_schedule_handle(scheduled_id("acme", solution, "production"))
    await schedules.follow(due(platform, solution))

    first = (await handle.describe()).schedule
    await schedules.follow(due(platform, solution, paused=True))
    second = (await handle.describe()).schedule
    await schedules.forget("acme", solution, "production")
    await schedules.forget("acme", solution, "production")

    assert [one.every for one in first.spec.intervals] == [timedelta(hours=1)]
    assert (first.state.paused, second.state.paused) == (False, True)
    with pytest.raises(Exception, match="not found"):
        await handle.describe()


async def test_each_run_of_a_chain_starts_some_time_after_the_one_before_ended(
    platform: Platform,
) -> None:
    solution = platform.deploy(AFTER)
    schedules = Schedules(platform.client, platform.intake)

    await schedules.follow(due(platform, solution))
    await schedules.follow(due(platform, solution))
    await runs_of(platform, solution, 2)
    platform.stores.definitions.retire("acme", solution, "1.0.0")
    over = [
        await platform.runs.get("acme", one.run) for one in await runs_of(platform, solution, 3)
    ]

    assert [one.status for one in over] == ["completed"] * len(over)
    began = sorted(one.output["at"] for one in over if isinstance(one.output, dict))
    assert all(later - earlier >= 1 for earlier, later in pairwise(began))


async def test_a_schedule_of_a_solution_that_needs_input_is_refused(platform: Platform) -> None:
    solution = platform.deploy(
        EVERY + "input: {schema: {document: {type: object, required: [invoice]}}}\n"
    )

    with pytest.raises(Refused) as caught:
        await Schedules(platform.client, platform.intake).follow(due(platform, solution))

    assert caught.value.code == "intent.input"


async def test_a_definition_that_is_only_tried_starts_nothing_by_itself(
    platform: Platform,
) -> None:
    solution = platform.deploy(EVERY.replace("version: 1.0.0", "version: 1.0.0+run.1a2b3c4d"))
    await Schedules(platform.client, platform.intake).follow(due(platform, solution))

    handle = platform.client.get_schedule_handle(scheduled_id("acme", solution, "production"))
    with pytest.raises(Exception, match="not found"):
        await handle.describe()
