"""Fan-outs wider than Temporal takes at once."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from temporal.slots import Slots
from temporal.suspension import Suspended, Suspension
from tests.runtime.platform import skipping_server


@activity.defn
async def nothing() -> None:
    """Do nothing."""


@workflow.defn
class Wide:
    """Ten steps side by side, three at once."""

    @workflow.run
    async def run(self) -> int:
        """How many were done."""
        slots = Slots(Suspension(), size=3)

        async def step() -> int:
            async with slots:
                await workflow.execute_activity(
                    nothing, start_to_close_timeout=timedelta(seconds=60)
                )
            return 1

        return sum(await asyncio.gather(*(step() for _ in range(10))))


@workflow.defn
class Left:
    """A step that waits for a slot when the run is to go on elsewhere."""

    @workflow.run
    async def run(self) -> str:
        """How its waiting ended."""
        suspension = Suspension()
        slots = Slots(suspension, size=0)

        async def step() -> str:
            try:
                async with slots:
                    return "done"
            except Suspended:
                return "suspended"

        waiting = asyncio.create_task(step())
        await workflow.sleep(timedelta(hours=1))
        suspension.wanted = True
        return await waiting


async def test_steps_beyond_the_slots_wait_their_turn() -> None:
    async with (
        asyncio.timeout(60),
        skipping_server() as environment,
        Worker(
            environment.client,
            task_queue="wide",
            workflows=[Wide, Left],
            activities=[nothing],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
    ):
        handle = await environment.client.start_workflow(Wide.run, id="wide", task_queue="wide")
        done = await handle.result()
        history = await handle.fetch_history()
        left = await environment.client.execute_workflow(Left.run, id="left", task_queue="wide")

    pending, most = 0, 0
    for event in history.events:
        pending += event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
        pending -= event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
        most = max(most, pending)
    assert (done, most) == (10, 3)
    assert left == "suspended"
