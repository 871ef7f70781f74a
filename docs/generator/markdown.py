"""The little Markdown that made pages need."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["Page", "block", "data", "page", "table"]

Page = tuple[str, str]
"""A path under `docs/` and the text that belongs there."""

MADE = "<!-- Made by docs/build.py from {source}: `make docs` writes it anew. -->"


def page(title: str, source: str, *parts: str) -> str:
    """A whole page; empty parts are left out."""
    kept = [part.strip("\n") for part in parts if part.strip()]
    return "\n\n".join([MADE.format(source=source), f"# {title}", *kept]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or nothing if it has no rows."""
    body = [_row(row) for row in rows]
    return "\n".join([_row(head), _row(["---"] * len(head)), *body]) if body else ""


def block(text: str, language: str) -> str:
    """`text` as it stands, in a fence."""
    return f"```{language}\n{text.strip(chr(10))}\n```"


def data(value: Any) -> str:
    """`value` as a block of JSON."""
    return block(json.dumps(value, indent=2, ensure_ascii=False), "json")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
