"""Kinds, truth, equality and order of values, as jq defines them."""

import math
from typing import Any

from symphainy.expr import numbers
from symphainy.expr.errors import mismatch
from symphainy.expr.meter import Meter

Value = Any

NUMBER = (int, float)
_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_RANKS = {"number": 3, "string": 4, "array": 5, "object": 6}


def kind(value: Value) -> str:
    """jq's name of the value's type."""
    found = _KINDS.get(type(value))
    if found is None:
        raise mismatch(f"{type(value).__name__} is not a JSON value")
    return found


def is_number(value: Value) -> bool:
    return type(value) is int or type(value) is float


def equal(meter: Meter, a: Value, b: Value, depth: int = 0) -> bool:
    """Whether two values are the same JSON value; 1 and 1.0 are, 1 and true are not."""
    ta, tb = type(a), type(b)
    if ta is list and tb is list:
        if len(a) != len(b):
            return False
        meter.nested(depth)
        meter.charge(len(a) + 1)
        return all(equal(meter, x, y, depth + 1) for x, y in zip(a, b, strict=True))
    if ta is dict and tb is dict:
        if len(a) != len(b):
            return False
        meter.nested(depth)
        meter.charge(len(a) + 1)
        return all(k in b and equal(meter, x, b[k], depth + 1) for k, x in a.items())
    if ta is str and tb is str:
        if len(a) != len(b):
            return False
        meter.charge(len(a) >> 8)
        return bool(a == b)
    if ta in NUMBER and tb in NUMBER:
        return bool(a == b)
    return ta is tb and bool(a == b)


def _rank(value: Value) -> int:
    if value is None:
        return 0
    if value is True or value is False:
        return 2 if value else 1
    return _RANKS[kind(value)]


def compare(meter: Meter, a: Value, b: Value, depth: int = 0) -> int:
    """Negative, zero or positive as `a` sorts before, with or after `b`."""
    ra, rb = _rank(a), _rank(b)
    if ra != rb:
        return ra - rb
    if ra < 3:
        return 0
    if ra == 3:
        if a != a or b != b:
            return -1 if a != a else 1
        return int(a > b) - int(a < b)
    if ra == 4:
        meter.charge(min(len(a), len(b)) >> 8)
        return int(a > b) - int(a < b)
    meter.nested(depth)
    if ra == 6:
        return _compare_objects(meter, a, b, depth)
    meter.charge(1)
    for x, y in zip(a, b, strict=False):
        meter.charge(1)
        order = compare(meter, x, y, depth + 1)
        if order:
            return order
    return len(a) - len(b)


def _compare_objects(meter: Meter, a: dict[str, Value], b: dict[str, Value], depth: int) -> int:
    meter.charge(1 + len(a) + len(b))
    keys, others = sorted(a), sorted(b)
    if keys != others:
        return -1 if keys < others else 1
    for key in keys:
        order = compare(meter, a[key], b[key], depth + 1)
        if order:
            return order
    return 0


def _plain(keys: list[Value]) -> bool:
    """Whether Python's own order of these values is jq's."""
    kinds = set(map(type, keys))
    if kinds == {str}:
        return True
    return kinds <= {int, float} and not any(k != k for k in keys)


def ordering(meter: Meter, keys: list[Value]) -> list[int]:
    """The positions of `keys` in ascending order, equal ones in their given order."""
    size = len(keys)
    meter.charge(size * max(1, size.bit_length()) // 4 + 1)
    if _plain(keys):
        if size and type(keys[0]) is str:
            meter.charge(sum(len(k) >> 8 for k in keys) * size.bit_length())
        return sorted(range(size), key=lambda i: keys[i])

    return _merged(meter, keys)


def _merged(meter: Meter, keys: list[Value]) -> list[int]:
    """A merge sort of our own: how often it compares, which is paid for, must never change."""
    order = list(range(len(keys)))
    width = 1
    while width < len(order):
        following: list[int] = []
        for start in range(0, len(order), 2 * width):
            left, right = order[start : start + width], order[start + width : start + 2 * width]
            i = j = 0
            while i < len(left) and j < len(right):
                meter.charge(1)
                if compare(meter, keys[left[i]], keys[right[j]]) <= 0:
                    following.append(left[i])
                    i += 1
                else:
                    following.append(right[j])
                    j += 1
            following += left[i:] or right[j:]
        order = following
        width *= 2
    return order


def identity(meter: Meter, value: Value, depth: int = 0) -> Any:
    """A hashable key, the same for equal values only; charged by the value's size."""
    kind_of = type(value)
    if kind_of is str:
        meter.charge(len(value) >> 8)
        return value
    if kind_of in NUMBER:
        # as text: hashes of text are seeded, those of numbers can be made to collide
        return ("number", _digits(value)) if value == value else object()
    if kind_of is list:
        meter.nested(depth)
        meter.charge(len(value) + 1)
        return ("array", tuple([identity(meter, x, depth + 1) for x in value]))
    if kind_of is dict:
        meter.nested(depth)
        meter.charge(len(value) + 1)
        return ("object", frozenset((k, identity(meter, x, depth + 1)) for k, x in value.items()))
    return (kind_of, value)


def _digits(value: int | float) -> str:
    if type(value) is float and value.is_integer():
        value = int(value)
    return numbers.text(value) if type(value) is int else repr(value)


def index_of(number: int | float) -> int | None:
    """The array position a number names, rounded down; None for NaN."""
    if number != number:
        return None
    if isinstance(number, int):
        return max(-(2**31), min(2**31 - 1, number))
    if math.isinf(number) or abs(number) > 2**31:
        return 2**31 - 1 if number > 0 else -(2**31)
    return int(number)
