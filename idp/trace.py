"""`symphainy trace`: what a run did, and how long each part of it took."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from idp.client import Platform, part

__all__ = ["trace"]

WIDTH = 40
TONES = {"api": "blue", "intake": "blue", "run": "magenta", "worker": "cyan", "adapter": "green"}


def trace(platform: Platform, run: str, *, as_json: bool) -> int:
    """0; 1 if no spans are kept of the run."""
    found: dict[str, Any] = platform.get(f"/v1/runs/{part(run)}/trace")
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    elif found["kept"]:
        _draw(found)
    else:
        sys.stderr.write("No spans are kept of this run.\n")
    return 0 if found["kept"] else 1


def _draw(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("span", "when", "from ms", "took ms", "what"):
        table.add_column(title, justify="right" if title.endswith("ms") else "left", no_wrap=True)
    whole = found["duration"] or 1.0
    for depth, one in _walk(found["spans"], 0):
        failed = one["status"] == "error"
        begin = min(int(WIDTH * one["offset"] / whole), WIDTH - 1)
        width = max(1, min(round(WIDTH * one["duration"] / whole), WIDTH - begin))
        tone = "red" if failed else TONES.get(one["room"], "white")
        bar = Text(" " * begin) + Text("█" * width, tone)
        name = Text("  " * depth + one["name"], "red" if failed else "")
        told = _told(one)
        table.add_row(name, bar, f"{one['offset']:.1f}", f"{one['duration']:.1f}", told)
    console = Console()
    console.print(Text(f"{found['run']}  {' '.join(found['traces'])}", "bold"), soft_wrap=True)
    console.print(table)


def _walk(spans: list[dict[str, Any]], depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for one in spans:
        yield depth, one
        yield from _walk(one["children"], depth + 1)


def _told(one: dict[str, Any]) -> str:
    said = one["attributes"]
    wanted = ("symphainy.outcome", "symphainy.policy", "symphainy.adapter", "symphainy.waits")
    found = [str(said[name]) for name in wanted if name in said]
    return " ".join([*found, one["code"] or ""]).strip()
