"""`symphainy runs`: what runs, and what ran."""

import json
import sys
from typing import Any
from urllib.parse import urlencode

from idp.client import Platform

__all__ = ["runs"]

COLUMNS = ("run", "version", "environment", "status", "stage", "started")


def runs(
    platform: Platform, solution: str | None, status: str | None, limit: int, *, as_json: bool
) -> int:
    """0; a table for people, tab-separated lines for programs."""
    asked = {"solution": solution, "status": status, "limit": limit}
    query = urlencode({name: one for name, one in asked.items() if one is not None})
    found: list[dict[str, Any]] = platform.get(f"/v1/runs?{query}")["items"]
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    elif sys.stdout.isatty():
        _table(found)
    else:
        for one in found:
            sys.stdout.write("\t".join(_cells(one)) + "\n")
    return 0


def _cells(one: dict[str, Any]) -> list[str]:
    return [str(one.get(name) or "") for name in COLUMNS]


def _table(found: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*COLUMNS, header_style="bold", box=None)
    for one in found:
        table.add_row(*_cells(one))
    Console().print(table)
