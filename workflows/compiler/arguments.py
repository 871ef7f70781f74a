"""Arguments of calls, as far as they are known before a run."""

from typing import Any

from symphainy import expr
from symphainy.catalog import CapabilitySpec
from symphainy.json import Json
from symphainy.schema import mismatches
from workflows.compiler.context import Compilation, escaped, nearest

__all__ = ["check_arguments"]

MEMBERS = ("additionalProperties", "required")
CHOICES = frozenset({"anyOf", "oneOf", "not", "if", "then", "else"})


def check_arguments(at: Compilation, spec: CapabilitySpec, written: Json, pointer: str) -> None:
    """Hold what is written as it stands against the schema; what is computed may be anything."""
    arguments = written if isinstance(written, dict) else {}
    for wrong in mismatches(spec.takes, arguments):
        value = _value(arguments, wrong.pointer)
        if _computed(value) and (wrong.keyword not in MEMBERS or not isinstance(value, dict)):
            continue
        if _computed(arguments) and not CHOICES.isdisjoint(wrong.trail):
            # Which of the alternatives is meant depends on what is computed.
            continue
        place, message = _said(spec, value, wrong.keyword, wrong.pointer, wrong.message)
        at.find("compile.arguments", pointer + place, f"{spec.name}: {message}")


def _said(
    spec: CapabilitySpec, value: Json, keyword: str, place: str, message: str
) -> tuple[str, str]:
    """Where it is and what is wrong there, by its name where a name is wrong."""
    if keyword != "additionalProperties" or not isinstance(value, dict):
        return place, message
    known = _properties(spec.takes, place)
    unknown = [name for name in value if name not in known]
    if not known or not unknown:
        return place, message
    name = unknown[0]
    return f"{place}/{escaped(name)}", f"there is no `{name}`; {nearest(name, known)}"


def _properties(schema: dict[str, Any], place: str) -> dict[str, Any]:
    """The members that the schema names at a place, followed through `properties` and `$ref`."""
    root, found = schema, schema
    for part in place.split("/")[1:]:
        found = found.get("properties", {}).get(part) or found.get("items") or {}
        reference = found.get("$ref", "")
        if reference.startswith("#/$defs/"):
            found = root.get("$defs", {}).get(reference[8:], {})
    properties: dict[str, Any] = found.get("properties", {})
    return properties


def _value(arguments: Json, pointer: str) -> Json:
    found = arguments
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(key)]
        elif isinstance(found, dict):
            found = found[key]
    return found


def _computed(value: Json) -> bool:
    """Whether any of it is worked out in the run."""
    if isinstance(value, str):
        return expr.is_runtime_expression(value)
    if isinstance(value, dict):
        return any(_computed(one) for one in value.values())
    return isinstance(value, list) and any(_computed(one) for one in value)
