"""JSON text of values, and values of JSON text."""

import json
import math
import re
from contextlib import suppress

from symphainy.expr import numbers
from symphainy.expr.errors import exhausted, failure, mismatch
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, kind

_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_NAMED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\r": "\\r", "\n": "\\n"}
_NAMED["\f"] = "\\f"
_BRIEF = 29


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    return _NAMED.get(char) or f"\\u{ord(char):04x}"


def quote(text: str) -> str:
    """The string as a JSON string literal."""
    return '"' + _SPECIAL.sub(_escaped, text) + '"'


def dumps(meter: Meter, value: Value) -> str:
    """The value as compact JSON text, charged by its size before it is joined."""
    plain = _scalar(value)
    if plain is not None:
        meter.text(len(plain))
        return plain
    parts: list[str] = []
    _write(meter, value, parts, 0)
    meter.text(sum(map(len, parts)))
    return "".join(parts)


def _scalar(value: Value) -> str | None:
    kind_of = type(value)
    if kind_of is str:
        return quote(value)
    if kind_of is int:
        return str(value)
    if value is None:
        return "null"
    if kind_of is bool:
        return "true" if value else "false"
    return numbers.text(value) if kind_of is float else None


def _write(meter: Meter, value: Value, out: list[str], depth: int) -> None:
    """The pieces of a container's text; the depth limit bounds the recursion."""
    meter.nested(depth)
    is_list = type(value) is list
    if not is_list and type(value) is not dict:
        raise mismatch(f"{kind(value)} has no JSON text")
    meter.charge(len(value) + 1)
    lead = "[" if is_list else "{"
    for member in value if is_list else value.items():
        out.append(lead)
        lead = ","
        if not is_list:
            out.append(quote(member[0]) + ":")
            member = member[1]
        kind_of = type(member)
        if kind_of is list or kind_of is dict:
            _write(meter, member, out, depth + 1)
            continue
        if kind_of is str and len(member) > 255:
            meter.charge(len(member) >> 8)
        out.append(_scalar(member) or "")
    out.append(("[]" if is_list else "{}") if lead in "[{" else "]" if is_list else "}")


def brief(value: Value) -> str:
    """The value's JSON text cut to what an error message has room for."""
    if type(value) is str:
        value = value[: _BRIEF + 1]
    text = _start(value)
    size = text.encode("utf-8", "surrogatepass")
    if len(size) <= _BRIEF:
        return text
    close = {'"': '"', "[": "]", "{": "}"}.get(text[0], "")
    room = 25 if close else 26
    return size[:room].decode("utf-8", "ignore") + "..." + close


def _start(value: Value) -> str:
    plain = _scalar(value)
    if plain is not None:
        return plain
    if not value:
        return "[]" if type(value) is list else "{}"
    out = "[" if type(value) is list else "{"
    members = value if type(value) is list else value.items()
    for position, member in enumerate(members):
        lead = "," if position else ""
        if type(value) is dict:
            lead += quote(member[0][: _BRIEF + 1]) + ":"
            member = member[1]
        out += lead
        if len(out) > _BRIEF:
            return out
        out += _start(member[: _BRIEF + 1] if type(member) is str else member)
        if len(out) > _BRIEF:
            return out
    return out + ("]" if type(value) is list else "}")


_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


_NAN = re.compile(r'"(?:[^"\\]|\\.)*"|-?nan\b', re.DOTALL)


def _check_nesting(meter: Meter, text: str) -> None:
    """Refuse deep text before the parser, which recurses, sees it."""
    if text.count("[") + text.count("{") <= meter.limits.depth:
        return
    depth = 0
    for token in _TOKENS.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            meter.nested(depth)
        elif mark in "]}":
            depth -= 1


class _Reader:
    """Number hooks of one parse, bound to its limits."""

    def __init__(self, meter: Meter) -> None:
        self.bits = meter.limits.int_bits

    def integer(self, shown: str) -> int | float:
        number = numbers.parse(shown, self.bits)
        if number is None:
            raise exhausted(f"an integer is longer than {self.bits} bits")
        return number

    def constant(self, shown: str) -> float:
        if shown == "NaN":
            return math.nan
        raise ValueError("Invalid literal")


def loads(meter: Meter, text: str) -> Value:
    """The value the JSON text writes; a wrong text raises with the text's beginning."""
    meter.text(len(text))
    meter.charge(1 + (len(text) >> 2))
    _check_nesting(meter, text)
    stripped = text.strip(" \t\r\n\ufeff")
    if stripped in ("nan", "-nan", "NaN", "-NaN"):
        return math.nan
    if not stripped:
        raise failure(f"Expected JSON value (while parsing '{text}')")
    reader = _Reader(meter)
    try:
        return _parsed(reader, stripped)
    except ValueError as error:
        if "nan" in stripped:
            with suppress(ValueError):
                return _parsed(reader, _NAN.sub(_standard, stripped))
        raise failure(_complaint(text, error)) from None


def _parsed(reader: "_Reader", text: str) -> Value:
    return json.loads(text, parse_int=reader.integer, parse_constant=reader.constant, strict=False)


def _standard(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else "NaN"


def _complaint(text: str, error: ValueError) -> str:
    problem = getattr(error, "msg", "Invalid literal")
    line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
    shown = text if len(text) <= 200 else text[:200] + "..."
    return f"{problem} at line {line}, column {column} (while parsing '{shown}')"
