"""`@name` formats."""

import base64
import binascii
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

from symphainy.expr import numbers
from symphainy.expr.errors import CompileError, failure, mismatch
from symphainy.expr.jsontext import brief, dumps
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, is_number, kind

Shape = Callable[[Meter, Value], str]

_HTML = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&apos;", '"': "&quot;"})
_TSV = str.maketrans({"\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\", "\0": "\\0"})
_HEX = frozenset("0123456789abcdefABCDEF")


def text(meter: Meter, value: Value) -> str:
    """A string as it is, anything else as JSON text."""
    return value if type(value) is str else dumps(meter, value)


def _wrong(value: Value, what: str) -> Exception:
    return mismatch(f"{kind(value)} ({brief(value)}) {what}")


def _row(
    meter: Meter, value: Value, name: str, separator: str, string: Callable[[str], str]
) -> str:
    if type(value) is not list:
        raise _wrong(value, f"cannot be {name}-formatted, only array")
    meter.charge(len(value) + 1)
    cells = [_cell(x, string) for x in value]
    meter.text(sum(map(len, cells)) + len(cells))
    return separator.join(cells)


def _cell(value: Value, string: Callable[[str], str]) -> str:
    if value is None:
        return ""
    if type(value) is bool:
        return "true" if value else "false"
    if is_number(value):
        return "" if value != value else numbers.text(value)
    if type(value) is str:
        return string(value)
    raise _wrong(value, "is not valid in a csv row")


def _csv_string(value: str) -> str:
    return '"' + value.replace('"', '""').replace("\0", "\\0") + '"'


def csv(meter: Meter, value: Value) -> str:
    return _row(meter, value, "csv", ",", _csv_string)


def tsv(meter: Meter, value: Value) -> str:
    return _row(meter, value, "tsv", "\t", lambda x: x.translate(_TSV))


def html(meter: Meter, value: Value) -> str:
    shown = text(meter, value)
    meter.text(len(shown) * 6)
    return shown.translate(_HTML).replace("\0", "\\0")


def _bytes(meter: Meter, value: Value, growth: int) -> tuple[str, bytes]:
    shown = text(meter, value)
    meter.text(len(shown) * growth)
    return shown, shown.encode("utf-8", "replace")


def uri(meter: Meter, value: Value) -> str:
    return quote(_bytes(meter, value, 3)[1], safe="-_.~")


def urid(meter: Meter, value: Value) -> str:
    shown, _ = _bytes(meter, value, 1)
    pieces = shown.split("%")
    if any(len(p) < 2 or not _HEX.issuperset(p[:2]) for p in pieces[1:]):
        raise _wrong(shown, "is not a valid uri encoding")
    try:
        return unquote_to_bytes(shown).decode("utf-8")
    except UnicodeDecodeError:
        raise _wrong(shown, "is not a valid uri encoding") from None


def base64_text(meter: Meter, value: Value) -> str:
    return base64.b64encode(_bytes(meter, value, 2)[1]).decode("ascii")


def base64_value(meter: Meter, value: Value) -> str:
    shown, _ = _bytes(meter, value, 1)
    data = shown.split("=", 1)[0]
    if not data.isascii() or (not data.replace("+", "a").replace("/", "a").isalnum() and data):
        raise _wrong(shown, "is not valid base64 data")
    if len(data) % 4 == 1:
        raise _wrong(shown, "trailing base64 byte found")
    decoded = binascii.a2b_base64(data + "=" * (-len(data) % 4))
    return decoded.decode("utf-8", "replace")


def base32_text(meter: Meter, value: Value) -> str:
    return base64.b32encode(_bytes(meter, value, 2)[1]).decode("ascii")


def base32_value(meter: Meter, value: Value) -> str:
    shown, _ = _bytes(meter, value, 1)
    data = shown.rstrip("=")
    try:
        decoded = base64.b32decode(data + "=" * (-len(data) % 8))
    except (binascii.Error, ValueError):
        raise _wrong(shown, "is not valid base32 data") from None
    return decoded.decode("utf-8", "replace")


_FORMATS: dict[str, Shape] = {
    "text": text,
    "json": dumps,
    "csv": csv,
    "tsv": tsv,
    "html": html,
    "uri": uri,
    "urid": urid,
    "base64": base64_text,
    "base64d": base64_value,
    "base32": base32_text,
    "base32d": base32_value,
}


def named(name: str, position: int) -> Shape:
    """The format of that name; raises `CompileError` when there is none to use."""
    found = _FORMATS.get(name)
    if found is not None:
        return found
    if name == "sh":
        raise CompileError(
            "expression.forbidden",
            "@sh is refused: an expression never builds shell commands",
            position,
        )
    raise CompileError(
        "expression.forbidden",
        f"@{name} is not a known format; known are " + ", ".join(f"@{n}" for n in _FORMATS),
        position,
    )


def apply(meter: Meter, value: Value, name: Value) -> str:
    """`format(name)`, with the name found at run time."""
    if type(name) is not str:
        raise _wrong(name, "is not a valid format")
    found = _FORMATS.get(name)
    if found is None:
        raise failure(f"{name} is not a valid format")
    return found(meter, value)
