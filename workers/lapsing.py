"""Ends what nobody answered in time."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from public_works import Stores
from public_works.periodic import every
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


def lapsing(stores: Stores) -> AbstractAsyncContextManager[None]:
    """End, while the body runs, what is late."""

    async def look() -> None:
        await asyncio.to_thread(lapse, stores, now())

    return every(EVERY, look, log, "approvals that nobody answered do not end")
