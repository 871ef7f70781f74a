"""Types, lengths, conversions, errors."""

import math
import re

from symphainy.expr import formats, jsonread, jsontext, numbers
from symphainy.expr.access import lookup, members
from symphainy.expr.builtins.registry import form, function
from symphainy.expr.code import EMPTY, OPTIONAL, Code
from symphainy.expr.errors import EvaluationError, exhausted, failure, mismatch
from symphainy.expr.jsontext import brief
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, equal, index_of, is_number, kind

_WRITTEN = re.compile(r"[0-9+\-.eE]+")


def wrong(value: Value, what: str) -> EvaluationError:
    return mismatch(f"{kind(value)} ({brief(value)}) {what}")


@form("empty", 0)
def empty() -> Code:
    return Code(OPTIONAL, lambda env, value: EMPTY, None, 1, 1)


def raised(meter: Meter, value: Value) -> Value:
    """The error whose value is this one."""
    if type(value) is str:
        raise EvaluationError("expression.error", value, value=value)
    shown = "null (null) not a string" if value is None else f"{brief(value)} (not a string)"
    raise EvaluationError("expression.error", shown, value=value)


@function("not")
def negation(meter: Meter, value: Value) -> Value:
    return value is None or value is False


@function("type")
def type_name(meter: Meter, value: Value) -> Value:
    return kind(value)


@function("length")
def length(meter: Meter, value: Value) -> Value:
    if value is None:
        return 0
    if type(value) is bool:
        raise wrong(value, "has no length")
    return abs(value) if is_number(value) else len(value)


@function("utf8bytelength")
def utf8_length(meter: Meter, value: Value) -> Value:
    if type(value) is not str:
        raise wrong(value, "only strings have UTF-8 byte length")
    meter.text(len(value))
    return len(value.encode("utf-8", "replace"))


@function("abs")
def absolute(meter: Meter, value: Value) -> Value:
    if is_number(value):
        return abs(value)
    if value is None or type(value) is bool:
        raise wrong(value, "cannot be negated")
    return value


@function("toarray")
def to_array(meter: Meter, value: Value) -> Value:
    return value if type(value) is list else [value]


@function("tostring")
def to_string(meter: Meter, value: Value) -> Value:
    return formats.text(meter, value)


@function("tojson")
def to_json(meter: Meter, value: Value) -> Value:
    return jsontext.dumps(meter, value)


@function("fromjson")
def from_json(meter: Meter, value: Value) -> Value:
    if type(value) is not str:
        raise wrong(value, "only strings can be parsed")
    return jsonread.loads(meter, value)


@function("tonumber")
def to_number(meter: Meter, value: Value) -> Value:
    if is_number(value):
        return value
    found = parsed(meter, value) if type(value) is str else None
    if found is None:
        raise wrong(value, "cannot be parsed as a number")
    return found


def parsed(meter: Meter, text: str) -> int | float | None:
    """The number the whole text writes, None when it is not one."""
    meter.text(len(text))
    if not text.isascii() or "_" in text or text.strip(" \t\r\n\v\f") != text:
        return None
    if text in ("nan", "NaN", "-nan", "-NaN"):
        return math.nan
    if _WRITTEN.fullmatch(text) is None:
        return None
    if len(text) > meter.limits.int_bits and text.lstrip("+-").isdigit():
        raise exhausted(f"an integer is longer than {meter.limits.int_bits} bits")
    try:
        number = numbers.parse(text, meter.limits.int_bits)
    except ValueError:
        return None
    if number is None:
        raise exhausted(f"an integer is longer than {meter.limits.int_bits} bits")
    if isinstance(number, float) and ("e" in text or "E" in text or text.endswith(".")):
        return numbers.settle(number)
    return number


@function("toboolean")
def to_boolean(meter: Meter, value: Value) -> Value:
    if type(value) is bool:
        return value
    if type(value) is str and value in ("true", "false"):
        return value == "true"
    raise wrong(value, "cannot be parsed as a boolean")


@function("format", 1)
def formatted(meter: Meter, value: Value, name: Value) -> Value:
    if name == "sh":
        raise failure("@sh is refused: an expression never builds shell commands")
    return formats.apply(meter, value, name)


@function("now")
def now(meter: Meter, value: Value) -> Value:
    if meter.now is None:
        raise EvaluationError(
            "expression.error", "now is not available here: no time was given", uncatchable=True
        )
    return numbers.settle(float(meter.now))


@function("keys")
def keys(meter: Meter, value: Value) -> Value:
    if type(value) is dict:
        meter.charge(len(value) * max(1, len(value).bit_length()) // 4)
        return sorted(value)
    return unsorted_keys(meter, value)


@function("keys_unsorted")
def unsorted_keys(meter: Meter, value: Value) -> Value:
    if type(value) is dict:
        meter.charge(len(value) >> 3)
        return list(value)
    if type(value) is list:
        meter.charge(len(value) >> 3)
        return list(range(len(value)))
    raise wrong(value, "has no keys")


@function("has", 1)
def has(meter: Meter, value: Value, key: Value) -> Value:
    if type(value) is dict and type(key) is str:
        return key in value
    if type(value) is list and is_number(key):
        position = index_of(key)
        return position is not None and 0 <= position < len(value)
    if value is None:
        return False
    raise mismatch(f"Cannot check whether {kind(value)} has a {kind(key)} key")


@function("in", 1)
def within(meter: Meter, value: Value, container: Value) -> Value:
    return has(meter, container, value)


@function("contains", 1)
def contains(meter: Meter, value: Value, part: Value) -> Value:
    if kind(value) != kind(part):
        raise mismatch(
            f"{kind(value)} ({brief(value)}) and {kind(part)} ({brief(part)})"
            " cannot have their containment checked"
        )
    return holds(meter, value, part, 0)


@function("inside", 1)
def inside(meter: Meter, value: Value, container: Value) -> Value:
    return contains(meter, container, value)


def holds(meter: Meter, value: Value, part: Value, depth: int) -> bool:
    """Whether the part is found in the value, at any depth; every comparison is charged."""
    meter.charge(1)
    if type(value) is dict and type(part) is dict:
        meter.nested(depth)
        return all(k in value and holds(meter, value[k], x, depth + 1) for k, x in part.items())
    if type(value) is list and type(part) is list:
        meter.nested(depth)
        return all(any(holds(meter, x, y, depth + 1) for x in value) for y in part)
    if type(value) is str and type(part) is str:
        meter.charge((len(value) >> 8) + (len(value) * len(part) >> 14))
        return part in value
    return equal(meter, value, part)


@function("have_literal_numbers")
def have_literal_numbers(meter: Meter, value: Value) -> Value:
    return True


@function("have_decnum")
def have_decnum(meter: Meter, value: Value) -> Value:
    # integers keep every digit, which is what programs ask this for
    return True


@function("infinite")
def infinite(meter: Meter, value: Value) -> Value:
    return math.inf


@function("nan")
def not_a_number(meter: Meter, value: Value) -> Value:
    return math.nan


@function("first")
def first_item(meter: Meter, value: Value) -> Value:
    return lookup(meter, value, 0)


@function("last")
def last_item(meter: Meter, value: Value) -> Value:
    return lookup(meter, value, -1)


@function("nth", 1)
def nth_item(meter: Meter, value: Value, position: Value) -> Value:
    return lookup(meter, value, position)


def items_of(value: Value) -> list[Value]:
    return list(members(value))
