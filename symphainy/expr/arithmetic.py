"""The binary operators over values."""

from collections.abc import Callable

from symphainy.expr import numbers
from symphainy.expr.errors import EvaluationError, mismatch
from symphainy.expr.jsontext import brief
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, compare, equal, identity, is_number, kind


def _mismatch(a: Value, b: Value, what: str) -> EvaluationError:
    return mismatch(f"{kind(a)} ({brief(a)}) and {kind(b)} ({brief(b)}) {what}")


def plus(meter: Meter, a: Value, b: Value) -> Value:
    """`a + b`: sums, concatenation, right-biased merge; null adds nothing."""
    if is_number(a) and is_number(b):
        return numbers.add(a, b)
    if type(a) is str and type(b) is str:
        meter.text(len(a) + len(b))
        return a + b
    if a is None:
        return b
    if b is None:
        return a
    if type(a) is list and type(b) is list:
        meter.items(len(a) + len(b))
        return a + b
    if type(a) is dict and type(b) is dict:
        meter.fields(len(a) + len(b))
        return {**a, **b}
    raise _mismatch(a, b, "cannot be added")


def minus(meter: Meter, a: Value, b: Value) -> Value:
    """`a - b`: differences; of arrays, what is in `a` and not in `b`."""
    if is_number(a) and is_number(b):
        return numbers.subtract(a, b)
    if type(a) is list and type(b) is list:
        meter.charge(len(a) + len(b))
        gone = {identity(meter, x) for x in b}
        return [x for x in a if identity(meter, x) not in gone]
    raise _mismatch(a, b, "cannot be subtracted")


def times(meter: Meter, a: Value, b: Value) -> Value:
    """`a * b`: products, repeated strings, deep merge of objects."""
    if is_number(a) and is_number(b):
        return numbers.multiply(a, b)
    if type(a) is str and is_number(b):
        return repeat(meter, a, b)
    if type(b) is str and is_number(a):
        return repeat(meter, b, a)
    if type(a) is dict and type(b) is dict:
        return merge(meter, a, b, 0)
    raise _mismatch(a, b, "cannot be multiplied")


def repeat(meter: Meter, text: str, count: int | float) -> str | None:
    if not count >= 0:
        return None
    if not text:
        return ""
    # an infinite count is over every limit
    size = len(text) * int(min(count, 2**62))
    meter.text(size)
    return text * int(count)


def merge(meter: Meter, a: dict[str, Value], b: dict[str, Value], depth: int) -> dict[str, Value]:
    meter.nested(depth)
    meter.charge(len(b) + 1)
    meter.fields(len(a))
    out = dict(a)
    for key, value in b.items():
        old = out.get(key)
        if type(value) is dict and type(old) is dict:
            value = merge(meter, old, value, depth + 1)
        out[key] = value
    return out


def divide(meter: Meter, a: Value, b: Value) -> Value:
    """`a / b`: quotients; of strings, the parts between separators."""
    if is_number(a) and is_number(b):
        if b == 0:
            raise _mismatch(a, b, "cannot be divided because the divisor is zero")
        return numbers.divide(a, b)
    if type(a) is str and type(b) is str:
        return split(meter, a, b)
    raise _mismatch(a, b, "cannot be divided")


def split(meter: Meter, text: str, separator: str) -> list[str]:
    meter.text(len(text))
    if not text:
        return []
    if not separator:
        meter.charge(len(text) >> 2)
        meter.items(len(text))
        return list(text)
    meter.charge(text.count(separator) >> 2)
    return text.split(separator)


def modulo(meter: Meter, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        if a == a and numbers.divisor_is_zero(b):
            raise _mismatch(a, b, "cannot be divided (remainder) because the divisor is zero")
        return numbers.modulo(a, b)
    raise _mismatch(a, b, "cannot be divided (remainder)")


def equals(meter: Meter, a: Value, b: Value) -> bool:
    if type(a) is type(b) and (a is None or type(a) in (int, bool)):
        return bool(a == b)
    return equal(meter, a, b)


def differs(meter: Meter, a: Value, b: Value) -> bool:
    return not equals(meter, a, b)


def _order(meter: Meter, a: Value, b: Value) -> int:
    if type(a) is int and type(b) is int:
        return a - b
    return compare(meter, a, b)


def less(meter: Meter, a: Value, b: Value) -> bool:
    return _order(meter, a, b) < 0


def at_most(meter: Meter, a: Value, b: Value) -> bool:
    return _order(meter, a, b) <= 0


def greater(meter: Meter, a: Value, b: Value) -> bool:
    return _order(meter, a, b) > 0


def at_least(meter: Meter, a: Value, b: Value) -> bool:
    return _order(meter, a, b) >= 0


OPERATIONS: dict[str, Callable[[Meter, Value, Value], Value]] = {
    "+": plus,
    "-": minus,
    "*": times,
    "/": divide,
    "%": modulo,
    "==": equals,
    "!=": differs,
    "<": less,
    "<=": at_most,
    ">": greater,
    ">=": at_least,
}
