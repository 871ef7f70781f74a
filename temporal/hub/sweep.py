"""What the hub does by itself: hand over what was left behind, forget what is old."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.service import RPCError

from symphainy.errors import Ending
from temporal.hub.hub import Hub
from temporal.hub.watch import Watch

__all__ = ["sweeping"]

log = logging.getLogger("symphainy.hub")

EVERY = 5.0
"""Seconds between two looks at what is left."""
FORGETTING = 720
"""Looks between two times of forgetting: an hour."""


@asynccontextmanager
async def sweeping(hub: Hub, watch: Watch | None, keep: timedelta) -> AsyncIterator[None]:
    """Sweep and watch while the body runs; events older than `keep` are forgotten."""

    async def sweep() -> None:
        looks = 0
        while True:
            try:
                while await hub.sweep():
                    pass
                if looks % FORGETTING == 0:
                    await hub.forget(keep)
                if watch is not None:
                    await watch.look()
            except (Ending, RPCError) as error:
                log.warning("the hub is not swept: %s", error)
            except Exception:
                # Whatever it was this time, what is left behind is looked for again.
                log.exception("the hub is not swept")
            looks += 1
            await asyncio.sleep(EVERY)

    task = asyncio.create_task(sweep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
