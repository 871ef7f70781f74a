"""A worker for what is written by hand, in a process of its own: `plain` or `tuned`."""

import asyncio
import os
import sys
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, UnsandboxedWorkflowRunner, Worker

from benchmarks.child import profiled, ready, told
from benchmarks.handwritten import ACTIVITIES, TUNED, WORKFLOWS

TUNING: dict[str, Any] = {
    "workflow_runner": UnsandboxedWorkflowRunner(),
    "max_cached_workflows": 1_000,
    "max_concurrent_workflow_tasks": 200,
    "max_concurrent_activities": 200,
    "max_concurrent_local_activities": 200,
    "workflow_task_poller_behavior": PollerBehaviorSimpleMaximum(10),
    "activity_task_poller_behavior": PollerBehaviorSimpleMaximum(10),
}


async def _work(queue: str) -> None:
    client = await Client.connect(os.environ["SYMPHAINY_TEMPORAL_ADDRESS"])
    tuning = TUNING if queue == TUNED else {}
    async with Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=ACTIVITIES,
        graceful_shutdown_timeout=timedelta(seconds=5),
        **tuning,
    ):
        ready()
        await told()


if __name__ == "__main__":
    profiled(lambda: asyncio.run(_work(sys.argv[1])))
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).
