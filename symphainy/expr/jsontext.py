"""JSON text of values."""

import re

from symphainy.expr import numbers
from symphainy.expr.errors import mismatch
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
    if value is None:
        return "null"
    if kind_of is bool:
        return "true" if value else "false"
    return numbers.text(value) if kind_of is int or kind_of is float else None


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
