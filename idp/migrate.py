"""`symphainy migrate`: runs under way go on by the version their environment runs now."""

import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from idp.client import Platform, part

__all__ = ["migrate"]


def migrate(platform: Platform, what: str, environment: str) -> int:
    """0, or 1 if some run has to stay on its version; a line for each run."""
    told = [_one(platform, what)] if ":" in what else _all(platform, what, environment)
    stays = 0
    for one in told:
        stays += one["outcome"] == "stays"
        words = (one["run"], one["before"], one["version"], one["outcome"], one.get("reason"))
        sys.stdout.write("\t".join(str(word or "") for word in words).rstrip("\t") + "\n")
    return 1 if stays else 0


def _one(platform: Platform, run: str) -> dict[str, Any]:
    told: dict[str, Any] = platform.post(f"/v1/runs/{part(run)}/migrate").body
    return {**told, "outcome": "moving" if told["asked"] else "already"}


def _all(platform: Platform, solution: str, environment: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        query = {"environment": environment, **({"cursor": cursor} if cursor else {})}
        path = f"/v1/solutions/{part(solution)}/migrate?{urlencode(query)}"
        page: dict[str, Any] = platform.post(path).body
        yield from page["items"]
        cursor = page["cursor"]
        if cursor is None:
            return
