"""Reads YAML 1.2 with the core schema, from parser events.

Events, because composing or constructing is recursive and shares aliased nodes before anyone
can count them.
"""

from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from symphainy.document.build import Builder
from symphainy.document.core_schema import MAYBE_SPECIAL, NumberTooLarge, resolve
from symphainy.json import Json

__all__ = ["read_yaml"]

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CORE = "tag:yaml.org,2002:"
MAPPING, SEQUENCE = f"{CORE}map", f"{CORE}seq"
SCALARS = {"!", f"{CORE}str", f"{CORE}int", f"{CORE}float", f"{CORE}bool", f"{CORE}null"}


def read_yaml(builder: Builder) -> None:
    """Fills `builder` with the one document of its text."""
    try:
        _read(builder)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part)
        place = mark.index if mark else 0
        if builder.text[place : place + 1] == "\t":
            what = "a tab; indent with spaces"
        builder.stop("document.syntax", place, f"Not YAML: {what}.")
    except (yaml.YAMLError, UnicodeError, ValueError, OverflowError) as error:
        # The reader's own errors carry no mark, and a `\U` escape beyond Unicode is a ValueError.
        builder.stop("document.syntax", 0, f"Not YAML: {error}.")


def _read(builder: Builder) -> None:
    parser, documents = LOADER(builder.text), 0
    while (event := parser.get_event()) is not None:
        kind = type(event)
        if kind is ScalarEvent:
            _scalar(builder, event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            _open(builder, event, mapping=kind is MappingStartEvent)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            builder.close()
        elif kind is AliasEvent:
            _alias(builder, event)
        elif kind is DocumentStartEvent:
            documents += 1
            if documents > 1:
                builder.stop("document.several", event.start_mark.index, "A second document.")


def _open(builder: Builder, event: Any, *, mapping: bool) -> None:
    start = event.start_mark.index
    if event.anchor is not None:
        _anchor(builder, event, start)
    if event.tag is not None:
        _tag(builder, event, start, "!", MAPPING if mapping else SEQUENCE)
    if builder.expects_key:
        message = "A mapping or sequence stands where a key is expected."
        builder.stop("document.key-type", start, message)
    builder.open(start, mapping=mapping)


def _scalar(builder: Builder, event: Any) -> None:
    start = event.start_mark.index
    if event.anchor is not None:
        _anchor(builder, event, start)
    value: Json = event.value
    if event.style or event.tag is not None or event.value[:1] in MAYBE_SPECIAL:
        value = _value(builder, event, start)
    if not builder.expects_key:
        builder.scalar(value, start)
        return
    if isinstance(value, str) and value != "<<":
        builder.key(value, start)
        return
    if event.value == "<<" and not event.style:
        builder.note("document.merge-key", start, "`<<` would merge another mapping into this one.")
    elif not isinstance(value, str):
        message = f"The key `{event.value[:40]}` is not a string but {_kind(value)}."
        builder.note("document.key-type", start, message)
    builder.key(event.value, start)


def _value(builder: Builder, event: Any, start: int) -> Json:
    if event.tag is not None:
        _tag(builder, event, start, *SCALARS)
        return _tagged(builder, event, start)
    if event.style:
        return _text(builder, event.value, start)
    try:
        return resolve(event.value)
    except NumberTooLarge:
        message = f"The number `{event.value[:40]}` is not finite or too large."
        builder.note("document.number", start, message)
        return 0


def _tagged(builder: Builder, event: Any, start: int) -> Json:
    kind = event.tag.removeprefix(CORE)
    if kind not in ("int", "float", "bool", "null"):
        return _text(builder, event.value, start)
    try:
        value = resolve(event.value)
    except NumberTooLarge:
        value = ""
    if kind == "float" and type(value) is int:
        return float(value) if value.bit_length() < 1024 else value
    if _kind(value) != KINDS[kind]:
        builder.note("document.tag", start, f"`{event.value[:40]}` is not {KINDS[kind]}.")
        return None
    return value


def _text(builder: Builder, value: str, start: int) -> str:
    if "\0" in value or (not value.isprintable() and _surrogate(value)):
        builder.note("document.character", start, "A NUL or half a character was escaped here.")
        return f"\ufffd{start}"  # as a key it is no other's
    return value


def _surrogate(value: str) -> bool:
    return any("\ud800" <= one <= "\udfff" for one in value)


def _anchor(builder: Builder, event: Any, start: int) -> None:
    builder.note("document.anchor", start, f"The anchor `&{event.anchor[:40]}`.")


def _alias(builder: Builder, event: Any) -> None:
    start = event.start_mark.index
    builder.note("document.alias", start, f"The alias `*{event.anchor[:40]}`.")
    if builder.expects_key:
        builder.key(f"*{event.anchor}", start)
    else:
        builder.scalar(None, start)


def _tag(builder: Builder, event: Any, start: int, *allowed: str) -> None:
    if event.tag not in allowed:
        builder.note(
            "document.tag", start, f"The tag `{event.tag[:60]}` is not of the core schema."
        )


KINDS = {"int": "an integer", "float": "a number", "bool": "a boolean", "null": "null"}


def _kind(value: Json) -> str:
    if isinstance(value, str):
        return "a string"
    name = {int: "int", float: "float", bool: "bool"}.get(type(value), "null")
    return KINDS[name]
