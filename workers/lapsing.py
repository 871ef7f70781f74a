"""Ends what nobody answered in time."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from public_works import Stores
from public_works.record import now

__all__ = ["lapse", "lapsing"]

log = logging.getLogger("symphainy.approvals")

EVERY = 60.0
"""Seconds between two looks."""


def lapse(stores: Stores, moment: datetime) -> int:
    """End the approvals that nobody gave or refused until then; how many."""
    count = 0
    for tenant, id in stores.approvals.late(moment):
        count += stores.approvals.expire(tenant, id).state == "expired"
    return count


@asynccontextmanager
async def lapsing(stores: Stores) -> AsyncIterator[None]:
    """End, while the body runs, what is late."""

    async def look() -> None:
        while True:
            try:
                await asyncio.to_thread(lapse, stores, now())
            except Exception:
                # Whatever it was this time, what is late is looked for again.
                log.exception("approvals that nobody answered do not end")
            await asyncio.sleep(EVERY)

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
