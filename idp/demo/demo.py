"""The demonstration: a platform, a solution, three customers."""

import asyncio
import queue
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from idp.client import Platform, part
from idp.demo.customers import Customer, cast, intent
from idp.demo.follow import Follower, Told
from idp.demo.screen import Screen, screen
from idp.demo.story import Line, Row, told
from idp.document_file import DocumentFile, read
from idp.launcher.command import addresses, until_told
from idp.launcher.up import Up
from idp.place import key_file

if TYPE_CHECKING:
    from public_works import Settings

__all__ = ["demo"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "invoice-dunning.yaml"
REFRESH = 0.2


def demo(settings: "Settings", *, once: bool) -> int:
    """0 when it was told to stop, or with `once` after the first result of every customer."""
    with screen() as shown:
        return asyncio.run(until_told(settings, _reporting(shown), _body(settings, shown, once)))


def _reporting(shown: Screen) -> Callable[[str, str], None]:
    def report(name: str, text: str) -> None:
        shown.happened(name, Line(text))
        shown.refresh()

    return report


def _body(settings: "Settings", shown: Screen, once: bool) -> Callable[[Up], Awaitable[None]]:
    async def body(up: Up) -> None:
        events: queue.Queue[Told] = queue.Queue()
        key = key_file(settings.home).read_text().strip()
        rows = await asyncio.to_thread(_begin, Platform(up.running.api, key), shown)
        followers = [Follower(up.running.api, key, row, events) for row in rows]
        try:
            while not (once and events.empty() and all(row.settled for row in rows)):
                _take(events, shown)
                shown.show(rows, addresses(up))
                await asyncio.sleep(REFRESH)
        finally:
            for one in followers:
                one.stop()

    return body


def _take(events: "queue.Queue[Told]", shown: Screen) -> None:
    while not events.empty():
        row, event = events.get()
        for line in told(row, event):
            shown.happened(row.customer.name, line)


def _begin(platform: Platform, shown: Screen) -> list[Row]:
    """Deploy the example and want an invoice collected from each of the three."""
    document = read(EXAMPLE)
    _deploy(platform, document)
    shown.happened("solution", Line(f"{document.name} {document.version} is deployed"))
    now = datetime.now(UTC)
    return [_collect(platform, document, one, now) for one in cast(now)]


def _deploy(platform: Platform, document: DocumentFile) -> None:
    address = f"/v1/solutions/{part(str(document.name))}/versions/{part(str(document.version))}"
    headers = {"Content-Type": document.media_type}
    platform.ask("PUT", address, document.content, headers)
    platform.post(f"{address}/deploy", {})


def _collect(platform: Platform, document: DocumentFile, one: Customer, now: datetime) -> Row:
    # A new invoice at every demonstration: the same one again would be the same run.
    invoice = f"INV-{now:%y%m%d%H%M%S}-{one.id[-1]}"
    address = f"/v1/solutions/{part(str(document.name))}/intents/{document.intent}"
    taken = platform.post(address, intent(one, invoice, now), {"Idempotency-Key": invoice})
    return Row(one, run=taken.body["run"])
