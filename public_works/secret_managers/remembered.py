"""What managers said, for a while: a secret that was replaced there is used here soon after."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from symphainy.json import Json

__all__ = ["Remembered"]

MOST = 1_000
STRIPES = 32


class Remembered:
    """Secrets in memory, none longer than `seconds`; nothing that failed is remembered."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, Json]] = OrderedDict()
        self._lock = Lock()
        self._asking = tuple(Lock() for _ in range(STRIPES))

    def of(self, tenant: str, name: str, ask: Callable[[], Json]) -> Json:
        """What is remembered of the tenant's secret, or what `ask` says now; asked once, however
        many want it at a time."""
        key = (tenant, name)
        with self._asking[hash(key) % STRIPES]:
            found = self._found(key)
            if found is not None:
                return found[1]
            value = ask()
            if value is not None and self._seconds:
                self._keep(key, value)
            return value

    def _found(self, key: tuple[str, str]) -> tuple[float, Json] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None and self._clock() - found[0] >= self._seconds:
                del self._kept[key]
                return None
            return found

    def _keep(self, key: tuple[str, str], value: Json) -> None:
        with self._lock:
            self._kept[key] = self._clock(), value
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
