"""What the demonstration shows: a live table on a terminal, plain lines elsewhere."""

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from idp.demo.story import Line, Row

__all__ = ["Plain", "Screen", "screen"]

KEPT = 14


class Screen(Protocol):
    """Where the demonstration is seen."""

    def happened(self, who: str, line: Line) -> None:
        """Show that something happened."""
        ...

    def show(self, rows: list[Row], addresses: list[tuple[str, str]]) -> None:
        """Show how it stands with these, and where to look."""
        ...

    def refresh(self) -> None:
        """Show what has changed."""
        ...


class Plain:
    """A line for each thing."""

    def __init__(self) -> None:
        self._shown = False

    def happened(self, who: str, line: Line) -> None:
        """See Screen."""
        sys.stdout.write(f"  {who:<14} {line.text}\n")
        sys.stdout.flush()

    def show(self, rows: list[Row], addresses: list[tuple[str, str]]) -> None:
        """See Screen."""
        if not self._shown:
            self._shown = True
            for name, text in addresses:
                self.happened(name, Line(text))

    def refresh(self) -> None:
        """See Screen."""


@contextmanager
def screen() -> Iterator[Screen]:
    """The screen that fits stdout."""
    if not sys.stdout.isatty():
        yield Plain()
        return
    from rich.live import Live

    from idp.demo.table import Table

    with Live(auto_refresh=False, vertical_overflow="visible") as live:
        yield Table(live, deque(maxlen=KEPT), datetime.now(UTC))
