"""What the hub does by itself: hand over what was left behind, forget what is old."""

import logging
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from itertools import count

from temporalio.service import RPCError

from public_works.periodic import every
from temporal.hub.hub import Hub
from temporal.hub.watch import Watch

__all__ = ["sweeping"]

log = logging.getLogger("symphainy.hub")

EVERY = 5.0
"""Seconds between two looks at what is left."""
FORGETTING = 720
"""Looks between two times of forgetting: an hour."""


def sweeping(hub: Hub, watch: Watch | None, keep: timedelta) -> AbstractAsyncContextManager[None]:
    """Sweep and watch while the body runs; events older than `keep` are forgotten."""
    looks = count()

    async def look() -> None:
        while await hub.sweep():
            pass
        if next(looks) % FORGETTING == 0:
            await hub.forget(keep)
        if watch is not None:
            await watch.look()

    return every(EVERY, look, log, "the hub is not swept", expected=(RPCError,))
