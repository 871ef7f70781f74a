"""From what pydantic found wrong to findings of our own codes, in the author's terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from symphainy.codes import CODES
from symphainy.definition.known import known_keys, models_at, nearest
from symphainy.definition.model import LIST, OBJECT, TEXT, Model, untagged
from symphainy.document import Source
from symphainy.document.source import escaped
from symphainy.findings import Finding, finding
from symphainy.json import Json

__all__ = ["ROOT", "Subject", "clipped", "described", "translate"]

TYPES = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "bool_type": "a boolean",
    "float_type": "a number",
    "dict_type": "an object",
    "mapping_type": "an object",
    "model_type": "an object",
    "tuple_type": "a list",
}
SIZES = {
    "string_too_short": "not be empty",
    "too_short": "not be empty",
    "too_long": "have one entry",
    "greater_than_equal": "be at least {ge}",
    "less_than_equal": "be at most {le}",
}
TAGS = {TEXT: "a string", OBJECT: "an object", LIST: "a list"}
KEY = "[key]"
ROOT = "the definition"
CONFIDENTIAL = frozenset({"password", "secret", "token", "assertion"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is being validated: how to call it, where it is, and against which model."""

    name: str
    pointer: str
    model: type[Model]


def translate(error: ErrorDetails, subject: Subject, source: Source) -> Finding:
    """One finding for one error of pydantic."""
    loc = untagged(error["loc"])
    if len(loc) > 1 and loc[-1] == KEY and loc[-2] == error["input"]:
        return _of_key(error, subject, source, loc[:-1])
    if error["type"] == "missing":
        return _missing(subject, source, loc)
    if error["type"] == "extra_forbidden":
        return _unknown(subject, source, loc)
    code, message, fix = _about(error, subject, loc)
    return _found(code, message, source, _pointer(subject, loc), fix=fix)


def _missing(subject: Subject, source: Source, loc: tuple[int | str, ...]) -> Finding:
    message = f"{subject.name} needs `{_dotted(loc)}`."
    pointer = _pointer(subject, loc[:-1])
    return _found("schema.required", message, source, pointer, fix=f"Add `{loc[-1]}` here.")


def _unknown(subject: Subject, source: Source, loc: tuple[int | str, ...]) -> Finding:
    models = models_at(subject.model, loc[:-1])
    known = known_keys(models)
    lenient = bool(models) and all(one.lenient for one in models)
    meant = nearest(str(loc[-1]), known)
    fix = f"Did you mean `{meant}`? " if meant else ""
    fix += "Known here: " + ", ".join(f"`{one}`" for one in known) + "." if known else ""
    code = "schema.ignored-key" if lenient else "schema.unknown-key"
    message = f"{_place(subject, loc[:-1])} knows no key `{clipped(str(loc[-1]))}`."
    return _found(code, message, source, _pointer(subject, loc), fix=fix or None, key=True)


def _of_key(
    error: ErrorDetails, subject: Subject, source: Source, loc: tuple[int | str, ...]
) -> Finding:
    code = error["type"] if error["type"] in CODES else "schema.name"
    message = f"The name `{clipped(str(loc[-1]))}` {error['msg']}."
    return _found(code, message, source, _pointer(subject, loc), key=True)


def _about(
    error: ErrorDetails, subject: Subject, loc: tuple[int | str, ...]
) -> tuple[str, str, str | None]:
    what = _place(subject, loc)
    kind, found = error["type"], _shown(error["input"], loc)
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind in TYPES:
        quote = kind == "string_type" and not isinstance(error["input"], dict | list)
        fix = "Put the value in quotes." if quote and error["input"] is not None else None
        return "schema.type", f"{what} must be {TYPES[kind]}, found {found}.", fix
    if kind == "union_tag_invalid":
        wanted = [text for tag, text in TAGS.items() if repr(tag) in context["expected_tags"]]
        return "schema.type", f"{what} must be {' or '.join(wanted)}, found {found}.", None
    if kind in SIZES:
        return "schema.value", f"{what} must {SIZES[kind].format(**context)}, found {found}.", None
    if kind == "literal_error":
        return _literal(what, found, error, context)
    if kind in CODES:
        shown = f": found {found}" if isinstance(error["input"], str) else ""
        return kind, f"{what} {error['msg']}{shown}.", None
    return "schema.value", f"{what}: {error['msg']}, found {found}.", None


def _literal(
    what: str, found: str, error: ErrorDetails, context: Mapping[str, Any]
) -> tuple[str, str, str | None]:
    allowed = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
    meant = nearest(error["input"], allowed) if isinstance(error["input"], str) else None
    fix = f"Did you mean `{meant}`?" if meant else None
    listed = ", ".join(f"`{one}`" for one in allowed)
    return "schema.value", f"{what} must be one of {listed}, found {found}.", fix


def _found(
    code: str,
    message: str,
    source: Source,
    pointer: str,
    *,
    fix: str | None = None,
    key: bool = False,
) -> Finding:
    place = source.key_position(pointer) if key else source.position(pointer)
    message = message[0].upper() + message[1:]
    return finding(code, message, pointer=pointer, line=place.line, column=place.column, fix=fix)


def _pointer(subject: Subject, loc: tuple[int | str, ...]) -> str:
    return subject.pointer + "".join(f"/{escaped(str(part))}" for part in loc)


def _place(subject: Subject, loc: tuple[int | str, ...]) -> str:
    """How to call the value at `loc`; the subject goes without saying where it is a prefix."""
    if not loc:
        return subject.name
    said = subject.name in (ROOT, loc[0])
    return f"`{_dotted(loc)}`" + ("" if said else f" of {subject.name}")


def _dotted(loc: tuple[int | str, ...]) -> str:
    return ".".join(clipped(str(part)) for part in loc)


def _shown(value: Any, loc: tuple[int | str, ...]) -> str:
    if not CONFIDENTIAL.isdisjoint(map(str, loc[-1:])):
        return "another value"
    return described(value)


def described(value: Json) -> str:
    """A value in words, short enough for a message."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {clipped(str(value))}"
    if isinstance(value, str):
        return f'the string "{clipped(value)}"'
    return "a list" if isinstance(value, list) else "an object"


def clipped(text: str) -> str:
    """One line of at most 40 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:37]}..."
