"""Follows runs from threads, as the API tells of them."""

import queue
import threading
from contextlib import suppress
from urllib.parse import quote

from idp.client import Platform, Problem, Unreachable
from idp.demo.story import OVER, Row

__all__ = ["Follower", "Told"]

Told = tuple[Row, dict[str, object]]


class Follower:
    """Puts every event of a run into a queue until it is over, through restarts of the API."""

    def __init__(self, api: str, key: str, row: Row, into: "queue.Queue[Told]") -> None:
        self._platform = Platform(api, key)
        self._row = row
        self._into = into
        self._stopped = threading.Event()
        threading.Thread(target=self._follow, daemon=True).start()

    def stop(self) -> None:
        """Hang up."""
        self._stopped.set()
        self._platform.cut()

    def _follow(self) -> None:
        address, after = f"/v1/runs/{quote(self._row.run, safe=':@+=,~')}/events", ""
        while not self._stopped.is_set():
            with suppress(Unreachable, Problem):
                for event in self._platform.events(address + after):
                    after = f"?after={event['id']}"
                    self._into.put((self._row, event))
                    if event["type"] in OVER:
                        return
            self._stopped.wait(0.5)
