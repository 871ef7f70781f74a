"""`symphainy alarms`: what wants a person to look, and what to do about it."""

import json
import sys
from typing import Any

from idp.client import Platform, part

__all__ = ["acknowledge", "alarms"]


def alarms(platform: Platform, *, over: bool, as_json: bool) -> int:
    """1 if an alarm stands that nobody looks into, else 0."""
    path = "/v1/alarms?limit=200" + ("&over=true" if over else "")
    found: list[dict[str, Any]] = platform.get(path)["items"]
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    else:
        for one in found:
            sys.stdout.write(_line(one))
            if one["state"] == "open":
                sys.stdout.write(f"{'':<22}{one['remedy']}\n")
    return 1 if any(one["state"] == "open" for one in found) else 0


def acknowledge(platform: Platform, id: str, note: str | None) -> int:
    """0; somebody looks into it."""
    done = platform.post(f"/v1/alarms/{part(id)}/acknowledge", {"note": note})
    sys.stdout.write(_line(done.body))
    return 0


def _line(one: dict[str, Any]) -> str:
    by = f" ({one['by']})" if one["by"] else ""
    return f"{one['id']:<22}{one['severity']:<9} {one['state']}{by}: {one['told']}\n"
