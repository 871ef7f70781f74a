"""The live table."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich import box
from rich.console import Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table as Grid
from rich.text import Text

from idp.demo.story import Line, Row, Tone

__all__ = ["Table"]

STYLES: dict[Tone, str] = {"plain": "", "good": "green", "held": "yellow", "refused": "red"}


@dataclass
class Table:
    """A row for each customer, what happened below, where to look under that."""

    live: Live
    log: deque[Text]
    began: datetime
    rows: list[Row] = field(default_factory=list)
    addresses: list[tuple[str, str]] = field(default_factory=list)

    def happened(self, who: str, line: Line) -> None:
        """See Screen."""
        moment = (datetime.now(UTC) - self.began).total_seconds()
        self.log.append(
            Text.assemble(
                (f"{moment:6.1f} s  ", "dim"), (f"{who:<14}", "bold"), (line.text, _style(line))
            )
        )

    def show(self, rows: list[Row], addresses: list[tuple[str, str]]) -> None:
        """See Screen."""
        self.rows, self.addresses = rows, addresses
        self.refresh()

    def refresh(self) -> None:
        """See Screen."""
        log = Text("\n").join(self.log) if self.log else Text("starting", "dim")
        parts: list[RenderableType] = [_rows(self.rows)] if self.rows else []
        parts.append(Panel(log, title="what happens", title_align="left", border_style="dim"))
        if self.addresses:
            parts.append(_addresses(self.addresses))
        self.live.update(Group(*parts), refresh=True)


def _rows(rows: list[Row]) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, header_style="bold", expand=True)
    for name in ("customer", "their time", "policy", "went out", "now"):
        grid.add_column(name, no_wrap=name in ("customer", "their time"))
    now = datetime.now(UTC)
    for row in rows:
        clock = row.customer.clock(now)
        grid.add_row(
            row.customer.name,
            f"{clock:%a %H:%M} {row.customer.zone.rpartition('/')[2].replace('_', ' ')}",
            Text(row.policy.text, _style(row.policy)),
            Text(", ".join(row.sent) or "nothing yet", "green" if row.sent else "dim"),
            Text(row.now.text, _style(row.now)),
        )
    return grid


def _addresses(addresses: list[tuple[str, str]]) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    for name, text in addresses:
        grid.add_row(Text(f"  {name}", "bold cyan"), Text(text, overflow="fold"))
    grid.add_row("", Text("Ctrl-C stops everything", "dim"))
    return grid


def _style(line: Line) -> str:
    return STYLES[line.tone]
