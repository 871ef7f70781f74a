"""Strings."""

from symphainy.expr import arithmetic
from symphainy.expr.access import lookup, members, occurrences
from symphainy.expr.builtins.basics import wrong
from symphainy.expr.builtins.registry import function
from symphainy.expr.errors import mismatch
from symphainy.expr.formats import text
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, is_number

# what jq, like C's isspace over Unicode, takes for white space
_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


@function("startswith", 1)
def starts_with(meter: Meter, value: Value, part: Value) -> Value:
    if type(value) is not str or type(part) is not str:
        raise mismatch("startswith() requires string inputs")
    meter.charge(len(part) >> 8)
    return value.startswith(part)


@function("endswith", 1)
def ends_with(meter: Meter, value: Value, part: Value) -> Value:
    if type(value) is not str or type(part) is not str:
        raise mismatch("endswith() requires string inputs")
    meter.charge(len(part) >> 8)
    return value.endswith(part)


@function("ltrimstr", 1)
def without_prefix(meter: Meter, value: Value, part: Value) -> Value:
    if not starts_with(meter, value, part):
        return value
    meter.text(len(value))
    return value[len(part) :]


@function("rtrimstr", 1)
def without_suffix(meter: Meter, value: Value, part: Value) -> Value:
    if not ends_with(meter, value, part):
        return value
    meter.text(len(value))
    return value[: len(value) - len(part)]


@function("trimstr", 1)
def without_ends(meter: Meter, value: Value, part: Value) -> Value:
    return without_suffix(meter, without_prefix(meter, value, part), part)


def _text(meter: Meter, value: Value, message: str) -> str:
    if type(value) is not str:
        raise mismatch(message)
    meter.text(len(value))
    return value


@function("trim")
def trim(meter: Meter, value: Value) -> Value:
    return _text(meter, value, "trim input must be a string").strip(_SPACE)


@function("ltrim")
def trim_start(meter: Meter, value: Value) -> Value:
    return _text(meter, value, "trim input must be a string").lstrip(_SPACE)


@function("rtrim")
def trim_end(meter: Meter, value: Value) -> Value:
    return _text(meter, value, "trim input must be a string").rstrip(_SPACE)


@function("ascii_downcase")
def lower(meter: Meter, value: Value) -> Value:
    given = _text(meter, value, "explode input must be a string")
    return given.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


@function("ascii_upcase")
def upper(meter: Meter, value: Value) -> Value:
    given = _text(meter, value, "explode input must be a string")
    return given.encode("utf-8", "surrogatepass").upper().decode("utf-8", "surrogatepass")


@function("ascii")
def ascii_char(meter: Meter, value: Value) -> Value:
    if not is_number(value) or not 0 <= value < 128:
        raise wrong(value, "is not an ASCII code")
    return chr(int(value))


@function("explode")
def explode(meter: Meter, value: Value) -> Value:
    given = _text(meter, value, "explode input must be a string")
    meter.charge(len(given) >> 3)
    meter.items(len(given))
    return [ord(c) for c in given]


@function("implode")
def implode(meter: Meter, value: Value) -> Value:
    if type(value) is not list:
        raise mismatch("implode input must be an array")
    meter.charge(len(value) >> 2)
    return "".join([_char(x) for x in value])


def _char(code: Value) -> str:
    if not is_number(code) or code != code:
        raise wrong(code, "can't be imploded, unicode codepoint needs to be numeric")
    if not 0 <= code < 0x110000 or 0xD800 <= int(code) < 0xE000:
        return "\ufffd"
    return chr(int(code))


@function("split", 1)
def split(meter: Meter, value: Value, separator: Value) -> Value:
    if type(value) is not str or type(separator) is not str:
        raise mismatch("split input and separator must be strings")
    return arithmetic.split(meter, value, separator)


@function("join", 1, first_outermost=True)
def join(meter: Meter, value: Value, separator: Value) -> Value:
    """The members as strings with the separator between; built once, not step by step."""
    pieces: list[Value] = []
    size = 0
    for found in members(value):
        meter.charge(1)
        shown = "" if found is None else found
        if is_number(found) or type(found) is bool:
            shown = text(meter, found)
        elif type(shown) is not str or (pieces and type(separator) is not str):
            so_far = _so_far(meter, pieces, separator)
            return arithmetic.plus(meter, so_far, shown)
        pieces.append(shown)
        size += len(shown) + (len(separator) if type(separator) is str else 0)
        if size > meter.limits.string:
            meter.text(size)
    if not pieces:
        return ""
    if len(pieces) > 1 and type(separator) is not str:
        return arithmetic.plus(meter, pieces[0], separator)
    meter.text(size)
    return pieces[0] if len(pieces) == 1 else separator.join(pieces)


def _so_far(meter: Meter, pieces: list[str], separator: Value) -> Value:
    if not pieces:
        return ""
    if type(separator) is str:
        return separator.join(pieces) + separator
    return arithmetic.plus(meter, "".join(pieces), separator)


def _positions(meter: Meter, value: str, part: str) -> list[int]:
    """Where the part begins, overlapping ones too."""
    if not part:
        return []
    meter.text(len(value))
    meter.charge((len(value) * len(part)) >> 14)
    found = []
    at = value.find(part)
    while at >= 0:
        meter.charge(1 + (len(part) >> 6))
        found.append(at)
        at = value.find(part, at + 1)
    return found


@function("indices", 1)
def indices(meter: Meter, value: Value, part: Value) -> Value:
    if type(value) is str and type(part) is str:
        return _positions(meter, value, part)
    if type(value) is list:
        return occurrences(meter, value, part if type(part) is list else [part])
    return lookup(meter, value, part)


@function("index", 1)
def first_index(meter: Meter, value: Value, part: Value) -> Value:
    return lookup(meter, indices(meter, value, part), 0)


@function("rindex", 1)
def last_index(meter: Meter, value: Value, part: Value) -> Value:
    return lookup(meter, indices(meter, value, part), -1)


@function("_strindices", 1)
def string_indices(meter: Meter, value: Value, part: Value) -> Value:
    if type(value) is not str:
        raise wrong(value, "cannot be searched, as it is not a string")
    if type(part) is not str:
        raise wrong(part, "is not a string")
    return _positions(meter, value, part)
