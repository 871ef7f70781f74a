"""Whom a connection is cleared with before it is opened, where it is opened for somebody."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

__all__ = ["CLEARANCE", "Clearance", "cleared"]

Clearance = Callable[[str], Awaitable[None]]
"""Returns if a connection to that `host:port` may be opened, and raises Refused if not."""

CLEARANCE: ContextVar[Clearance | None] = ContextVar("clearance", default=None)
"""Asked about every connection that the code in this context opens: the first one, those of
redirects, and those to whoever gives out a token for it."""


async def cleared(host: str, port: int) -> None:
    """Return if a connection there may be opened, as far as anybody has a say."""
    asked = CLEARANCE.get()
    if asked is not None:
        await asked(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
