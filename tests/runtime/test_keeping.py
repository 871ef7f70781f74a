"""What policies of retention say is carried out on Temporal too."""

import asyncio
from datetime import timedelta
from typing import Any

from symphainy.errors import Refused
from tests.runtime.platform import Platform
from workers.keeping import keep_to

BRIEFLY = """
document: {dsl: 1.0.3, namespace: test, name: brief-{{n}}, version: 1.0.0}
policies:
  briefly: {kind: retention, runs: P1D}
do:
  - hello: {set: {said: hello}}
"""

LONG = """
document: {dsl: 1.0.3, namespace: test, name: lasting-{{n}}, version: 1.0.0}
policies:
  briefly: {kind: retention, runs: P1D}
do:
  - rows:
      for: {each: row, in: "${ [range(30)] }"}
      do:
        - say: {call: content.render, with: {template: "x", data: {}}}
  - rest: {wait: {days: 400}}
"""
ANSWERED: dict[str, Any] = {"delivery": "d", "status": 200, "body": {"name": "Ada"}, "headers": {}}


async def known(platform: Platform, run: str) -> bool:
    """Whether there still is such a run."""
    try:
        await platform.runs.get("acme", run)
    except Refused as refused:
        return refused.code != "run.unknown"
    return True


async def test_runs_that_ended_long_enough_ago_are_forgotten(platform: Platform) -> None:
    solution, other = (
        platform.deploy(one) for one in (BRIEFLY, BRIEFLY.replace("runs: P1D", "runs: P9D"))
    )
    runs = [await platform.submit(one) for one in (solution, other)]
    for one in runs:
        await platform.finish(one.run)
        platform.stores.answers.give("acme", one.run, "orders", **ANSWERED)
    later = await platform.now() + timedelta(days=2)

    async with asyncio.timeout(60):
        # What ended is found a moment later, and deleted a moment after that.
        while not (await keep_to(platform.stores, platform.client, later))["runs"]:
            await asyncio.sleep(0.1)
        while await known(platform, runs[0].run):
            await asyncio.sleep(0.1)

    assert (await platform.runs.get("acme", runs[1].run)).status == "completed"
    answers = [platform.stores.answers.get("acme", one.run, "orders") for one in runs]
    assert [one is None for one in answers] == [True, False]


async def listed(platform: Platform, run: str, *, status: str) -> int:
    """How many histories the run has of that status."""
    workflow = platform.runs.handle("acme", run).id
    found = platform.client.list_workflows(
        f"WorkflowId = '{workflow}' AND ExecutionStatus = '{status}'"
    )
    return len([one async for one in found])


async def test_what_a_run_did_before_it_went_on_goes_when_the_run_is_over(short: Platform) -> None:
    run = (await short.submit(short.deploy(LONG))).run
    async with asyncio.timeout(60):
        while not await listed(short, run, status="ContinuedAsNew"):
            await asyncio.sleep(0.1)
    later = await short.now() + timedelta(days=2)
    earlier = await listed(short, run, status="ContinuedAsNew")

    assert (await keep_to(short.stores, short.client, later))["runs"] == 0
    assert await listed(short, run, status="ContinuedAsNew") >= earlier

    await short.runs.handle("acme", run).terminate()
    async with asyncio.timeout(60):
        while await listed(short, run, status="ContinuedAsNew") or await known(short, run):
            await keep_to(short.stores, short.client, later)
            await asyncio.sleep(0.1)
