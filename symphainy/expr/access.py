"""Reading parts of values: fields, items, slices."""

from collections.abc import Iterable
from typing import Any

from symphainy.expr.errors import EvaluationError, mismatch
from symphainy.expr.jsontext import brief
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, equal, index_of, is_number, kind


def cannot_index(value: Value, key: Value) -> EvaluationError:
    return mismatch(f"Cannot index {kind(value)} with {kind(key)} ({brief(key)})")


def lookup(meter: Meter, value: Value, key: Value) -> Value:
    """`.[key]` of the value; what is absent is null."""
    type_of, by = type(value), type(key)
    if type_of is dict and by is str:
        return value.get(key)
    if type_of is list and (by is int or by is float):
        return item(value, key)
    if by is dict and type_of in (list, str):
        start, end = bounds_of(value, key)
        return cut(meter, value, start, end)
    if type_of is list and by is list:
        return occurrences(meter, value, key)
    if value is None and (by is str or by is dict or is_number(key)):
        return None
    raise cannot_index(value, key)


def item(value: list[Value], key: int | float) -> Value:
    position = index_of(key)
    if position is None:
        return None
    if position < 0:
        position += len(value)
    return value[position] if 0 <= position < len(value) else None


def slice_of(meter: Meter, value: Value, start: Value, end: Value) -> Value:
    """`.[start:end]` of an array, a string or null."""
    if value is None:
        return None
    if type(value) is not list and type(value) is not str:
        raise cannot_index(value, {"start": start, "end": end})
    first, last = bounds(value, start, end)
    return cut(meter, value, first, last)


def bounds_of(value: Any, key: dict[str, Value]) -> tuple[int, int]:
    """The positions a slice key covers; it has to name both ends."""
    if "start" not in key or "end" not in key:
        raise mismatch("Array/string slice indices must be integers")
    return bounds(value, key["start"], key["end"])


def bounds(value: Any, start: Value, end: Value) -> tuple[int, int]:
    """The positions a slice covers: the start rounds down, the end up."""
    size = len(value)
    if start is None:
        start = 0
    if end is None:
        end = size
    if not is_number(start) or not is_number(end):
        raise mismatch("Array/string slice indices must be integers")
    first = 0 if start != start else start
    if first < 0:
        first += size
    first = int(min(max(first, 0), size))
    last = size if end != end else end
    if last < 0:
        last += size
    if last < 0:
        last = first
    last = min(last, size)
    whole = int(last)
    if whole < last:
        whole += 1
    return first, max(first, min(whole, size))


def cut(meter: Meter, value: Any, start: int, end: int) -> Value:
    if type(value) is list:
        meter.items(end - start)
    else:
        meter.text(end - start)
    return value[start:end]


def occurrences(meter: Meter, value: list[Value], part: list[Value]) -> list[int]:
    """Where the array holds `part` as a run."""
    size = len(part)
    if not size:
        return []
    meter.charge(len(value) + 1)
    found = []
    for at in range(len(value) - size + 1):
        matched = 0
        while matched < size and equal(meter, value[at + matched], part[matched]):
            matched += 1
        meter.charge(matched)
        if matched == size:
            found.append(at)
    return found


def members(value: Value) -> Iterable[Value]:
    """What `.[]` goes through."""
    if type(value) is list:
        return value
    if type(value) is dict:
        return value.values()
    raise not_iterable(value)


def not_iterable(value: Value) -> EvaluationError:
    return mismatch(f"Cannot iterate over {kind(value)} ({brief(value)})")
