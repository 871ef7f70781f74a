"""What is kept only for a while, and let go of then."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from temporalio.client import Client

from public_works import Stores
from public_works.periodic import every
from public_works.record import now
from temporal.forgetting import Forgetting
from workers.keeping import keep_to

__all__ = ["let_go", "letting_go"]

log = logging.getLogger("symphainy.retention")

EVERY = 3600.0
"""Seconds between two looks."""
CALLS = timedelta(days=7)
"""Longer than a call may take, and than a vendor tells of it."""


def let_go(stores: Stores, keep: timedelta, moment: datetime) -> dict[str, int]:
    """Let go of what is older than `keep`, and of what was sent to people sooner; how much it was,
    by what it is."""
    return {
        "messages": stores.recalled.forget(moment - min(CALLS, keep)),
        "callbacks": stores.callbacks.forget(moment - keep),
        "answers": stores.answers.forget(moment - keep),
        "digests": stores.digests.forget(moment - keep),
    }


def letting_go(
    stores: Stores, keep: timedelta, facts: timedelta, client: Client | None = None
) -> AbstractAsyncContextManager[None]:
    """Let go, while the body runs, of what is older than `keep`, of what decisions were made on
    after `facts`, of what policies of retention speak about, and of what came in of customers
    who were forgotten. Without `client` histories stay."""

    async def look() -> None:
        await asyncio.to_thread(let_go, stores, keep, now())
        await asyncio.to_thread(stores.decisions.forget, now() - facts)
        await keep_to(stores, client, now())
        if client is not None:
            forgetting = Forgetting(client, stores)
            await forgetting.settle()
            await forgetting.sweep()

    return every(EVERY, look, log, "what is old is not let go of")
