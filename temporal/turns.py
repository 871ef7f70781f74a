"""Whose intent is next where many tenants start runs at once."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from symphainy.errors import Unavailable

__all__ = ["Turns"]

PRESENT = 30.0
"""Seconds for which a tenant counts as there after its last intent."""
WAITING = 2_000
"""Intents of one tenant that may wait here; about what is started in ten seconds."""


@dataclass
class Line:
    """One tenant's intents, in the order they came."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    under_way: int = 0
    seen: float = 0.0
    last: int = 0
    """The number of its last turn."""


class Turns:
    """Lets `size` intents be under way at once: one of each tenant, the tenants in turn, and more
    than one only of a tenant that has the runtime to itself.

    Temporal's fairness keys order what waits for a worker. They do not order calls to the server,
    which takes each as it comes and writes them one after the other.
    """

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._lines: dict[str, Line] = {}
        self._under_way = 0
        self._given = 0

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[None]:
        """Wait for a turn of the tenant and have it.

        Unavailable: intent.too-many-waiting.
        """
        line = self._lines.setdefault(tenant, Line())
        line.seen = self._clock()
        await self._called(line)
        try:
            yield
        finally:
            self._over(line)

    async def _called(self, line: Line) -> None:
        if len(line.waiting) >= WAITING:
            raise Unavailable(
                "intent.too-many-waiting",
                f"{WAITING:,} intents of the tenant wait to be started; send this one again later",
                retry_after=timedelta(seconds=2),
            )
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.waiting.append(mine)
        self._call()
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():
                self._over(line)
            raise

    def _over(self, line: Line) -> None:
        line.under_way -= 1
        self._under_way -= 1
        self._call()

    def _call(self) -> None:
        """Give the free turns to whoever is next."""
        self._forget()
        share = 1 if len(self._lines) > 1 else self._size
        while self._under_way < self._size:
            free = [one for one in self._lines.values() if one.waiting and one.under_way < share]
            if not free:
                return
            line = min(free, key=lambda one: one.last)
            first = line.waiting.popleft()
            if first.cancelled():
                continue
            first.set_result(None)
            line.under_way += 1
            self._under_way += 1
            self._given += 1
            line.last = self._given

    def _forget(self) -> None:
        since = self._clock() - PRESENT
        for tenant, line in list(self._lines.items()):
            if line.seen < since and not line.waiting and not line.under_way:
                del self._lines[tenant]
