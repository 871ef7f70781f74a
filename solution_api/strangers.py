"""How much callers may cost who have not shown who they are."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from symphainy.errors import Unavailable

__all__ = ["Strangers"]

PATIENCE = 1_000.0
"""What one caller may cost at once; a callback that is not believed costs one, and one for each
`LARGE` octets that it brought."""
AGAIN = 2.0
"""How much of that comes back every second."""
LARGE = 64 * 1024
HELD = 64 * 1024 * 1024
"""Octets of callbacks that are under way at once."""
OVERHEAD = 16 * 1024
SOURCES = 10_000


class Strangers:
    """Lets callbacks in while whoever calls has not brought too many that nobody believed.

    Each one that comes in is work for workers and a history for Temporal before anybody knows
    whether it is genuine. Callbacks that are believed cost nothing.
    """

    def __init__(
        self, *, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience = patience
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._held = 0

    @contextmanager
    def admitted(self, source: str | None, octets: int) -> Iterator[None]:
        """Room for one callback. Unavailable `callback.too-many` when there is none now."""
        left = self._patience_with(source)
        if left <= 0:
            raise _too_many(timedelta(seconds=1 - left / AGAIN))
        if self._held + octets + OVERHEAD > HELD:
            raise _too_many(timedelta(seconds=1))
        self._held += octets + OVERHEAD
        try:
            yield
        finally:
            self._held -= octets + OVERHEAD

    def doubted(self, source: str | None, octets: int) -> None:
        """Take down that a callback was not believed."""
        # Those that came in together are not all held against who brings the next.
        left = max(self._patience_with(source) - 1 - octets / LARGE, -self._patience)
        self._left[source or ""] = left, self._clock()
        self._left.move_to_end(source or "")
        if len(self._left) > SOURCES:
            self._left.popitem(last=False)

    def _patience_with(self, source: str | None) -> float:
        left, then = self._left.get(source or "", (self._patience, self._clock()))
        return min(self._patience, left + (self._clock() - then) * AGAIN)


def _too_many(wait: timedelta) -> Unavailable:
    return Unavailable(
        "callback.too-many", "too many callbacks come that are not believed", retry_after=wait
    )
