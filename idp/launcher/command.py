"""`symphainy up`: everything, until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from idp.launcher.child import Report
from idp.launcher.up import Up, launch

if TYPE_CHECKING:
    from public_works import Settings

__all__ = ["addresses", "console", "until_told", "up"]


def up(settings: "Settings") -> int:
    """0 when it was told to stop."""
    return asyncio.run(until_told(settings, console, _welcome))


async def until_told(
    settings: "Settings", report: Report, body: Callable[[Up], Awaitable[None]]
) -> int:
    """Do `body` with a platform that is up; both end when it does, or on SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    told = asyncio.create_task(stop.wait())
    work = asyncio.create_task(_with_platform(settings, report, body))
    await asyncio.wait({told, work}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not work.done():
        report("stopping", "asked to")
        work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    return 0


def console(name: str, text: str) -> None:
    """A line for people: `name`, then `text`."""
    sys.stdout.write(f"  {name:<12} {text}\n")
    sys.stdout.flush()


def addresses(up: Up) -> list[tuple[str, str]]:
    """What to open in a browser, and the key if it is to be shown."""
    found = [("API", f"{up.running.api}/docs"), ("Outbox", f"{up.running.api}/outbox{up.ticket}")]
    found.append(("", "opens once, within ten minutes; `symphainy key link` prints another"))
    if up.running.ui:
        found.append(("Temporal", up.running.ui))
        found.append(("Payloads", f"{up.running.api}/codec  (sign in to read them in Temporal)"))
    if up.first_key:
        found.append(("API key", f"{up.first_key}  (shown this once)"))
    return found


async def _with_platform(
    settings: "Settings", report: Report, body: Callable[[Up], Awaitable[None]]
) -> None:
    async with launch(settings, report) as up:
        await body(up)


async def _welcome(up: Up) -> None:
    for name, text in addresses(up):
        console(name, text)
    console("ready", "Ctrl-C stops it")
    await asyncio.Event().wait()
