"""`symphainy role`: what each role may do where, and which groups have it."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from idp.client import Platform, Unreachable, part

__all__ = ["listed", "put", "removed"]


def listed(*, as_json: bool) -> int:
    """0; every role on stdout."""
    items = _platform().get("/v1/roles")["items"]
    if as_json:
        sys.stdout.write(json.dumps(items, indent=2, ensure_ascii=False) + "\n")
        return 0
    for one in items:
        sys.stdout.write(_line(one) + "\n")
    return 0


def put(
    name: str,
    actions: Sequence[str],
    groups: Sequence[str],
    solutions: Sequence[str] | None,
    environments: Sequence[str] | None,
) -> int:
    """0 once it holds."""
    says = {
        "actions": actions,
        "groups": groups,
        "solutions": solutions or None,
        "environments": environments or None,
    }
    body = json.dumps(says).encode()
    headers = {"Content-Type": "application/json"}
    kept = _platform().ask("PUT", f"/v1/roles/{part(name)}", body, headers).body
    sys.stdout.write(_line(kept) + "\n")
    return 0


def removed(name: str) -> int:
    """0 once nothing is said of it."""
    _platform().ask("DELETE", f"/v1/roles/{part(name)}")
    return 0


def _line(role: dict[str, Any]) -> str:
    said = [f"{role['name']}: {', '.join(role['actions']) or 'decides on approvals'}"]
    for limit in ("solutions", "environments"):
        if role[limit] is not None:
            said.append(f"{limit} {', '.join(role[limit])}")
    if role["groups"]:
        said.append(f"groups {', '.join(role['groups'])}")
    return "; ".join(said)


def _platform() -> Platform:
    found = Platform.here()
    if found is None:
        raise Unreachable("no platform is up in this folder: `symphainy up`, or set SYMPHAINY_URL")
    return found
