"""What a process does for the audit log by itself."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from public_works.audit.store import Audit
from public_works.periodic import every

__all__ = ["keeping"]

log = logging.getLogger("symphainy.audit")

FAILING = "the audit log gets no checkpoint"
EVERY = 30.0
"""Seconds between two looks at which chains want a checkpoint."""


@asynccontextmanager
async def keeping(audit: Audit) -> AsyncIterator[None]:
    """Sign checkpoints that are due, and write down what was counted, while the body runs."""

    async def keep() -> None:
        await asyncio.to_thread(_keep, audit)

    try:
        async with every(EVERY, keep, log, FAILING, at_once=False):
            yield
    finally:
        try:
            await keep()
        except Exception:
            # What is due is found by whoever looks next.
            log.exception(FAILING)


def _keep(audit: Audit) -> None:
    audit.tally()
    audit.seal()
