"""What a vendor calls what flows call otherwise, as a binding says."""

from collections.abc import Mapping
from typing import Any

from symphainy.json import Json

__all__ = ["FIELDS", "SECRET_NAME", "called"]

SECRET_NAME = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"  # noqa: S105 - a pattern
FIELDS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": ["string", "integer"]},
}
"""Schema of names: by what a flow says, what the vendor says."""


def called(names: Json, name: str, usual: Mapping[str, str] | None = None) -> str:
    """The vendor's word for `name`: of the binding, else the usual one, else the same."""
    found = names.get(name) if isinstance(names, dict) else None
    if isinstance(found, str | int):
        return str(found)
    return (usual or {}).get(name, name)
