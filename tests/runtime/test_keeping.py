"""What policies of retention say is carried out on Temporal too."""

import asyncio
from datetime import timedelta

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
    later = await platform.now() + timedelta(days=2)

    async with asyncio.timeout(60):
        # What ended is found a moment later, and deleted a moment after that.
        while not (await keep_to(platform.stores, platform.client, later))["runs"]:
            await asyncio.sleep(0.1)
        while await known(platform, runs[0].run):
            await asyncio.sleep(0.1)

    assert (await platform.runs.get("acme", runs[1].run)).status == "completed"
