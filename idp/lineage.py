"""`symphainy lineage`: what led to a run, and what it led to."""

import json
import sys
from typing import Any

from idp.client import Platform, part

__all__ = ["lineage"]


def lineage(platform: Platform, run: str, format: str | None) -> int:
    """0; by time, a line each, or as JSON in the form that was asked for."""
    form = format or "graph"
    found: Any = platform.get(f"/v1/runs/{part(run)}/lineage?format={form}")
    if format is None:
        for one in found["happened"]:
            sys.stdout.write(f"{one['at']}\t{one['what']}\t{one['node']}\n")
    elif format == "openlineage":
        for one in found:
            sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return 0
