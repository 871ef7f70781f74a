"""A worker as the SDK makes one by default, in a process of its own."""

import asyncio
import os

from temporalio.client import Client
from temporalio.worker import Worker

from benchmarks.child import profiled, ready, told
from benchmarks.handwritten import QUEUE, PlainMessages, PlainSteps, create, noop, write_row


async def _work() -> None:
    client = await Client.connect(os.environ["SYMPHAINY_TEMPORAL_ADDRESS"])
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[PlainSteps, PlainMessages],
        activities=[noop, write_row],
    ):
        ready()
        await told()


if __name__ == "__main__":
    create()
    profiled(lambda: asyncio.run(_work()))
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).
