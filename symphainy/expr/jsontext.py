"""JSON text of values, and values of JSON text."""

import json
import math
import re
from collections.abc import Iterator

from symphainy.expr import numbers
from symphainy.expr.errors import EvaluationError, exhausted, failure, mismatch
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
    kind_of = type(value)
    if kind_of is str:
        meter.text(len(value))
        return quote(value)
    if kind_of is int or kind_of is float:
        return numbers.text(value)
    parts: list[str] = []
    length = 0
    for part in _pieces(meter, value):
        length += len(part)
        if length > meter.limits.string:
            meter.text(length)
        parts.append(part)
    meter.text(length)
    return "".join(parts)


def _scalar(value: Value) -> str | None:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if type(value) is str:
        return quote(value)
    if type(value) is int or type(value) is float:
        return numbers.text(value)
    return None


def _opened(value: Value) -> tuple[Iterator[tuple[str, Value]], str]:
    if type(value) is list:
        return iter([("", x) for x in value]), "]"
    if type(value) is dict:
        return iter([(quote(k) + ":", x) for k, x in value.items()]), "}"
    raise mismatch(f"{kind(value)} has no JSON text")


def _pieces(meter: Meter, value: Value) -> Iterator[str]:
    """The text in order; an explicit stack keeps deep values off Python's own."""
    plain = _scalar(value)
    if plain is not None:
        yield plain
        return
    meter.charge(len(value) + 1)
    items, close = _opened(value)
    stack = [(items, close)]
    yield "[" if close == "]" else "{"
    first = True
    while stack:
        items, close = stack[-1]
        entry = next(items, None)
        if entry is None:
            stack.pop()
            first = False
            yield close
            continue
        lead = entry[0] if first else "," + entry[0]
        plain = _scalar(entry[1])
        if plain is not None:
            first = False
            yield lead + plain
            continue
        meter.nested(len(stack))
        meter.charge(len(entry[1]) + 1)
        stack.append(_opened(entry[1]))
        first = True
        yield lead + ("[" if stack[-1][1] == "]" else "{")


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
        value = json.loads(
            stripped, parse_int=reader.integer, parse_constant=reader.constant, strict=False
        )
    except EvaluationError:
        raise
    except ValueError as error:
        raise failure(_complaint(text, error)) from None
    return value


def _complaint(text: str, error: ValueError) -> str:
    problem = getattr(error, "msg", "Invalid literal")
    line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
    shown = text if len(text) <= 200 else text[:200] + "..."
    return f"{problem} at line {line}, column {column} (while parsing '{shown}')"
