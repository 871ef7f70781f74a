"""A customer who is forgotten while a run is under way for them, and what is found afterwards."""

import asyncio

from temporalio.service import RPCError

from temporal.forgetting import Forgetting
from tests.runtime.platform import OWNER, Platform
from tests.runtime.test_messages import customer

TEXT = """
document: {dsl: 1.0.3, namespace: test, name: forget-{{n}}, version: 1.0.0}
intents: {start: {starts: true, customer: "${ .customer }"}}
experiences: {email: {adapter: sandbox, from: team@acme.example}}
do:
  - mail: {call: email, with: {to: "${ .customer }", subject: For you, text: A secret of Ada's}}
  - rest: {wait: {days: 30}}
"""


async def gone(platform: Platform, run: str) -> None:
    """Return once Temporal knows nothing of the run."""
    handle = platform.runs.handle("acme", run)
    async with asyncio.timeout(60):
        while True:
            try:
                await handle.describe()
            except RPCError:
                return
            await asyncio.sleep(0.1)


async def test_runs_end_and_nothing_tells_of_the_customer(platform: Platform) -> None:
    who, other = customer(platform, "forgotten"), customer(platform, "remembered")
    solution = platform.deploy(TEXT)
    runs = [(await platform.submit(solution, {"customer": one})).run for one in (who, other)]
    for run in runs:
        await platform.until(run, "run.waiting")
    token = platform.stores.audit.token("acme", who)
    forgetting = Forgetting(platform.client, platform.stores)

    erased = await forgetting.forget(OWNER, who, "asked for, case 4711")
    await gone(platform, runs[0])
    later = await forgetting.settle()

    outbox = platform.stores.outbox
    assert outbox.list("acme", run=runs[0]) == []
    assert [one.subject for one in outbox.list("acme", run=runs[1])] == ["For you"]
    assert (await platform.runs.get("acme", runs[1])).status == "running"
    assert platform.stores.customers.get("acme", who) is None
    assert (erased.subject, erased.reason) == (token, "asked for, case 4711")
    assert platform.stores.audit.token("acme", who) != token
    assert later >= 1
    await platform.runs.cancel("acme", runs[1])
