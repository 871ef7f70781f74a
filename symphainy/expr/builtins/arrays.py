"""Arrays: order, groups, shapes."""

import math
from collections.abc import Callable
from typing import Any

from symphainy.expr import arithmetic, numbers
from symphainy.expr.access import cannot_index, lookup, members
from symphainy.expr.builtins.basics import length, wrong
from symphainy.expr.builtins.registry import form, function
from symphainy.expr.code import ONE, Code, Env, single
from symphainy.expr.errors import EvaluationError, failure, mismatch
from symphainy.expr.jsontext import brief
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, compare, equal, is_number, kind, ordering


def _groups(meter: Meter, value: list[Value], keys: list[Value]) -> list[list[int]]:
    """Positions in key order, those of equal keys together."""
    groups: list[list[int]] = []
    for position in ordering(meter, keys):
        meter.charge(1)
        if groups and equal(meter, keys[groups[-1][0]], keys[position]):
            groups[-1].append(position)
        else:
            groups.append([position])
    return groups


def _sorted(meter: Meter, value: list[Value], keys: list[Value]) -> Value:
    return [value[i] for i in ordering(meter, keys)]


def _grouped(meter: Meter, value: list[Value], keys: list[Value]) -> Value:
    return [[value[i] for i in group] for group in _groups(meter, value, keys)]


def _unique(meter: Meter, value: list[Value], keys: list[Value]) -> Value:
    return [value[group[0]] for group in _groups(meter, value, keys)]


def _least(meter: Meter, value: list[Value], keys: list[Value]) -> Value:
    return _extreme(meter, value, keys, lambda order: order < 0)


def _most(meter: Meter, value: list[Value], keys: list[Value]) -> Value:
    return _extreme(meter, value, keys, lambda order: order >= 0)


def _extreme(
    meter: Meter, value: list[Value], keys: list[Value], better: Callable[[int], bool]
) -> Value:
    if not value:
        return None
    best = 0
    for position in range(1, len(keys)):
        meter.charge(1)
        if better(compare(meter, keys[position], keys[best])):
            best = position
    return value[best]


_NOT_ARRAY = "cannot be sorted, as it is not an array"
_NOT_ARRAYS = "cannot be sorted, as they are not both arrays"
_NOT_ITERABLE = "cannot be iterated over"

By = Callable[[Meter, list[Value], list[Value]], Value]
_BY_KEY: dict[str, tuple[str | None, By, str]] = {
    "sort_by": ("sort", _sorted, _NOT_ARRAYS),
    "group_by": (None, _grouped, _NOT_ARRAYS),
    "unique_by": ("unique", _unique, _NOT_ARRAYS),
    "min_by": ("min", _least, _NOT_ITERABLE),
    "max_by": ("max", _most, _NOT_ITERABLE),
}


def _register(name: str, plain: str | None, run: By, complaint: str) -> None:
    @form(name, 1)
    def by_key(key: Code) -> Code:
        def one(env: Env, value: Value) -> Value:
            meter = env[0]
            found = [key_of(meter, key, env, x) for x in members(value)]
            if type(value) is not list:
                # jq keeps every key as the array of its values
                shown = [[x] for x in found] if key.yields == ONE else found
                raise _both(value, shown, complaint)
            return run(meter, value, found)

        return Code(ONE, one, None, 2, key.height + 3)

    if plain is not None:

        @function(plain)
        def whole(meter: Meter, value: Value) -> Value:
            if type(value) is list:
                return run(meter, value, value)
            if complaint is _NOT_ITERABLE:
                raise _both(value, value, complaint)
            raise wrong(value, _NOT_ARRAY)


def _both(value: Value, keys: Value, complaint: str) -> EvaluationError:
    return mismatch(f"{kind(value)} ({brief(value)}) and {kind(keys)} ({brief(keys)}) {complaint}")


def key_of(meter: Meter, key: Code, env: Env, value: Value) -> Value:
    """What a member is sorted by: one value as it is, several as an array."""
    meter.charge(key.cost + 1)
    if key.yields == ONE:
        return key.one(env, value)
    found = list(key.many(env, value))
    meter.charge(len(found))
    return found


for _name, (_plain, _run, _complaint) in _BY_KEY.items():
    _register(_name, _plain, _run, _complaint)


@function("reverse")
def reverse(meter: Meter, value: Value) -> Value:
    if value is not None and not is_number(value) and type(value) is not bool and not value:
        return []
    if type(value) is list:
        meter.items(len(value))
        return value[::-1]
    size = length(meter, value)
    if not size:
        return []
    if is_number(value) and size < 1:
        raise cannot_index(value, numbers.subtract(size, 1))
    return [lookup(meter, value, numbers.subtract(size, 1))]


def total(meter: Meter, values: Any) -> Value:
    """The sum of values, null of none; long sums of strings and arrays are joined once."""
    found = iter(values)
    result: Value = None
    for value in found:
        meter.charge(1)
        if type(value) is str and type(result) is str:
            pieces = [result, value]
            size = len(result) + len(value)
            result, value = _gathered_text(meter, pieces, size, found)
            if value is None:
                continue
        elif type(value) is list and type(result) is list:
            result, value = _gathered_items(meter, [*result, *value], found)
            if value is None:
                continue
        result = arithmetic.plus(meter, result, value)
    return result


def _gathered_text(meter: Meter, pieces: list[str], size: int, rest: Any) -> tuple[Value, Value]:
    """The joined strings that follow, and the first value that is something else."""
    for value in rest:
        meter.charge(1)
        if type(value) is not str:
            if value is None:
                continue
            meter.text(size)
            return "".join(pieces), value
        size += len(value)
        if size > meter.limits.string:
            meter.text(size)
        pieces.append(value)
    meter.text(size)
    return "".join(pieces), None


def _gathered_items(meter: Meter, items: list[Value], rest: Any) -> tuple[Value, Value]:
    meter.items(len(items))
    for value in rest:
        meter.charge(1)
        if type(value) is not list:
            if value is None:
                continue
            return items, value
        meter.items(len(value))
        items.extend(value)
        if len(items) > meter.limits.cells:
            meter.items(len(items))
    return items, None


@function("add")
def add(meter: Meter, value: Value) -> Value:
    return total(meter, members(value))


@form("add", 1)
def add_all(source: Code) -> Code:
    return single(lambda env, value: total(env[0], source.many(env, value)), 1, source)


def _flat(meter: Meter, value: Value, depth: Value) -> list[Value]:
    """Depth first with an explicit stack of (iterator, levels left)."""
    out: list[Value] = []
    stack = [(iter(members(value)), depth)]
    while stack:
        source, left = stack[-1]
        for found in source:
            meter.charge(1)
            if type(found) is list and not (is_number(left) and left == 0):
                stack.append((iter(found), arithmetic.minus(meter, left, 1)))
                meter.nested(len(stack) - 1)
                break
            out.append(found)
        else:
            stack.pop()
    return out


@function("flatten")
def flatten(meter: Meter, value: Value) -> Value:
    return _flat(meter, value, -1)


@function("flatten", 1, first_outermost=True)
def flatten_to(meter: Meter, value: Value, depth: Value) -> Value:
    if compare(meter, depth, 0) < 0:
        raise failure("flatten depth must not be negative")
    return _flat(meter, value, depth)


@function("transpose")
def transpose(meter: Meter, value: Value) -> Value:
    rows = list(members(value))
    width = max((length(meter, row) for row in rows), default=0)
    columns = range(math.ceil(min(width, meter.limits.cells)))
    meter.charge(len(columns) * len(rows) + len(rows))
    meter.items(len(columns) * len(rows))
    return [[_cell(meter, row, at) for row in rows] for at in columns]


def _cell(meter: Meter, row: Value, at: int) -> Value:
    if type(row) is list:
        return row[at] if at < len(row) else None
    return lookup(meter, row, at)


@function("bsearch", 1)
def search(meter: Meter, value: Value, target: Value) -> Value:
    if type(value) is not list:
        raise wrong(value, "cannot be searched from")
    low, high = 0, len(value)
    while low < high:
        meter.charge(1)
        middle = (low + high) // 2
        order = compare(meter, value[middle], target)
        if order == 0:
            return middle
        if order < 0:
            low = middle + 1
        else:
            high = middle
    return -1 - low
