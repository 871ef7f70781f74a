"""Follows runs from threads, as the API tells of them."""

import queue
import threading
import time
from urllib.parse import quote

from idp.client import Platform, Problem, Unreachable
from idp.demo.story import OVER, Row

__all__ = ["Told", "follow"]

Told = tuple[Row, dict[str, object]]


def follow(api: str, key: str, row: Row, into: "queue.Queue[Told]") -> None:
    """Put every event of the row's run `into`, until it is over; through restarts of the API."""
    threading.Thread(target=_follow, args=(Platform(api, key), row, into), daemon=True).start()


def _follow(platform: Platform, row: Row, into: "queue.Queue[Told]") -> None:
    address, after = f"/v1/runs/{quote(row.run, safe=':@+=,~')}/events", ""
    while True:
        try:
            for event in platform.events(address + after):
                after = f"?after={event['id']}"
                into.put((row, event))
                if event["type"] in OVER:
                    return
        except (Unreachable, Problem):
            platform.close()
        time.sleep(0.5)
