"""What a process does by itself, again and again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from symphainy.errors import Ending

__all__ = ["every"]


@asynccontextmanager
async def every(
    seconds: float,
    look: Callable[[], Awaitable[object]],
    log: logging.Logger,
    failing: str,
    *,
    at_once: bool = True,
    expected: tuple[type[Exception], ...] = (),
) -> AsyncIterator[None]:
    """Looks while the body runs, with so many seconds between one look and the next.

    A look that fails is logged as `failing`, in one line if it ended as endings or `expected`
    say, and with its stack otherwise; the next one comes all the same.
    """
    mild: tuple[type[Exception], ...] = (Ending, *expected)

    async def looks() -> None:
        if not at_once:
            await asyncio.sleep(seconds)
        while True:
            try:
                await look()
            except mild as error:
                log.warning("%s: %s", failing, error)
            except Exception:
                log.exception(failing)
            await asyncio.sleep(seconds)

    task = asyncio.create_task(looks())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
