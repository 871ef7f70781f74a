"""What a process does for the audit log by itself."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from public_works.audit.store import Audit

__all__ = ["keeping"]

log = logging.getLogger("symphainy.audit")

EVERY = 30.0
"""Seconds between two looks at which chains want a checkpoint."""


@asynccontextmanager
async def keeping(audit: Audit) -> AsyncIterator[None]:
    """Sign checkpoints that are due, and write down what was counted, while the body runs."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(_keep, audit)

    task = asyncio.create_task(keep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(_keep, audit)


def _keep(audit: Audit) -> None:
    try:
        audit.tally()
        audit.seal()
    except Exception:
        # Whatever it was this time, the next look finds what is due.
        log.exception("the audit log gets no checkpoint")
