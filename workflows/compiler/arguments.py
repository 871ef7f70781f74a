"""Arguments of calls, as far as they are known before a run."""

from typing import Any

from symphainy import expr
from symphainy.catalog import CapabilitySpec
from symphainy.json import Json
from symphainy.schema import mismatches
from workflows.compiler.context import Compilation, escaped, nearest

__all__ = ["check_arguments", "check_data", "check_message"]

MEMBERS = ("additionalProperties", "required")
CHOICES = frozenset({"anyOf", "oneOf", "not", "if", "then", "else"})


def check_arguments(at: Compilation, spec: CapabilitySpec, written: Json, pointer: str) -> None:
    """Hold what is written as it stands against the schema; what is computed may be anything."""
    _check(at, spec.name, spec.takes, written, pointer)


def check_message(
    at: Compilation, name: str, takes: dict[str, Any], written: Json, pointer: str
) -> None:
    """The same of what an experience is told."""
    _check(at, name, takes, written, pointer)


def check_data(
    at: Compilation, name: str, contract: dict[str, Any], written: Json, pointer: str
) -> None:
    """The same of what a template is filled with."""
    _check(at, name, contract, written, pointer, "template.data")


def _check(
    at: Compilation,
    name: str,
    takes: dict[str, Any],
    written: Json,
    pointer: str,
    code: str = "compile.arguments",
) -> None:
    arguments = written if isinstance(written, dict) else {}
    for wrong in mismatches(takes, arguments):
        value = _value(arguments, wrong.pointer)
        named = wrong.keyword in MEMBERS or _needs(takes, wrong.keyword, wrong.pointer)
        if _computed(value) and not (named and isinstance(value, dict)):
            continue
        if _computed(arguments) and not CHOICES.isdisjoint(wrong.trail[:-1]):
            # Which of the alternatives is meant depends on what is computed.
            continue
        place, message = _said(takes, value, wrong.keyword, wrong.pointer, wrong.message)
        at.find(code, pointer + place, f"{name}: {message}")


def _said(
    takes: dict[str, Any], value: Json, keyword: str, place: str, message: str
) -> tuple[str, str]:
    """Where it is and what is wrong there, in terms of the arguments."""
    here = _schema_at(takes, place)
    if needs := _needs(takes, keyword, place):
        return place, f"it needs {' or '.join(needs)}"
    if keyword in ("anyOf", "oneOf"):
        kinds = [str(one.get("type", "")) for one in here.get(keyword, ())]
        what = f"`{place.rpartition('/')[2]}`" if place else "it"
        return place, f"{what} has to be {' or '.join(kinds)}" if all(kinds) else message
    if keyword != "additionalProperties" or not isinstance(value, dict):
        return place, message
    known = here.get("properties", {})
    unknown = [name for name in value if name not in known]
    if not known or not unknown:
        return place, message
    name = unknown[0]
    return f"{place}/{escaped(name)}", f"there is no `{name}`; {nearest(name, known)}"


def _needs(takes: dict[str, Any], keyword: str, place: str) -> list[str]:
    """The members of which there has to be one, where that is all that a choice says."""
    choices = _schema_at(takes, place).get(keyword, ()) if keyword == "anyOf" else ()
    if not all(list(one) == ["required"] for one in choices):
        return []
    return [" and ".join(f"`{name}`" for name in one["required"]) for one in choices]


def _schema_at(schema: dict[str, Any], place: str) -> dict[str, Any]:
    """The schema of what is at a place, followed through members, items and local references."""
    root, found = schema, schema
    for part in place.split("/")[1:]:
        found = found.get("properties", {}).get(part) or found.get("items") or {}
        reference = found.get("$ref", "")
        if reference.startswith("#/$defs/"):
            found = root.get("$defs", {}).get(reference[8:], {})
    return found


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
