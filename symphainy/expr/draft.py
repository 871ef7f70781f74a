"""Changing values by path without touching the values given."""

from typing import Any

from symphainy.expr.access import bounds_of, cannot_index, lookup
from symphainy.expr.errors import exhausted, failure, mismatch
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, equal, index_of, is_number, kind, ordering

Path = tuple[Any, ...]
_LARGEST = 2**29


def get(meter: Meter, value: Value, path: Path) -> Value:
    """What is at the path; null from the first null on."""
    for key in path:
        if value is None:
            return None
        meter.charge(1)
        value = lookup(meter, value, key)
    return value


class _Owned:
    """The containers at and below a place that the draft made and may still change."""

    __slots__ = ("below",)

    def __init__(self) -> None:
        self.below: dict[Any, _Owned] = {}


class Draft:
    """A value under change: each container on a changed path is copied once.

    What `take` hands out is no longer the draft's own, so a later change copies it first.
    """

    def __init__(self, meter: Meter, root: Value) -> None:
        self.meter = meter
        self.root = root
        self.owned: _Owned | None = None

    def take(self, path: Path) -> Value:
        self.meter.nested(len(path))
        self._disown(path)
        return get(self.meter, self.root, path)

    def _disown(self, path: Path) -> None:
        if not path:
            self.owned = None
            return
        place = self.owned
        value = self.root
        for key in path[:-1]:
            if place is None:
                return
            step = _normal(value, key)
            if step is None:
                place.below.clear()
                return
            place = place.below.get(step)
            value = _child(value, step)
        if place is not None:
            last = _normal(value, path[-1])
            if last is None:
                place.below.clear()
            else:
                place.below.pop(last, None)

    def put(self, path: Path, value: Value) -> None:
        self.meter.nested(len(path))
        self.meter.charge(len(path) + 1)
        if not path:
            self.root, self.owned = value, None
            return
        if self.owned is None:
            self.root = _copied(self.meter, self.root, path[0])
            self.owned = _Owned()
        self._descend(self.owned, path, value)

    def _descend(self, place: _Owned, path: Path, value: Value) -> None:
        """Set below the root, which is the draft's own."""
        holder = self.root
        for at, key in enumerate(path):
            last = at == len(path) - 1
            step = _normal(holder, key)
            if step is None:
                # a slice is replaced as a whole: what was below it has moved
                place.below.clear()
                self._splice(holder, key, path[at + 1 :], value)
                return
            if last:
                place.below.pop(step, None)
                _store(self.meter, holder, step, value)
                return
            child = _child(holder, step)
            below = place.below.get(step)
            if below is None:
                child = _copied(self.meter, child, path[at + 1])
                _store(self.meter, holder, step, child)
                below = place.below[step] = _Owned()
            holder, place = child, below

    def _splice(self, holder: Value, key: Value, rest: Path, value: Value) -> None:
        if type(holder) is not list:
            raise mismatch(f"Cannot update field at object index of {kind(holder)}")
        start, end = bounds_of(holder, key)
        if rest:
            part = Draft(self.meter, holder[start:end])
            part.put(rest, value)
            value = part.root
        if type(value) is not list:
            raise mismatch("A slice of an array can only be assigned another array")
        self.meter.items(len(holder) + len(value))
        holder[start:end] = value


def _normal(holder: Value, key: Value) -> Any:
    """The key as the one name of its place, None for a slice; raises where it cannot be set."""
    if type(holder) is dict and type(key) is str:
        return key
    if type(holder) is list and is_number(key):
        position = index_of(key)
        if position is None:
            raise mismatch("Cannot set array element at NaN index")
        if position < 0:
            position += len(holder)
        if position < 0:
            raise failure("Out of bounds negative array index")
        return position
    if type(holder) is list and type(key) is dict:
        return None
    raise cannot_index(holder, key)


def _child(holder: Value, step: Any) -> Value:
    if type(holder) is dict:
        return holder.get(step)
    return holder[step] if step < len(holder) else None


def _copied(meter: Meter, value: Value, key: Value) -> Value:
    """A container of our own that the key can be set in."""
    if type(value) is list and (is_number(key) or type(key) is dict):
        meter.items(len(value))
        return list(value)
    if type(value) is dict and type(key) is str:
        meter.fields(len(value))
        return dict(value)
    if value is None:
        if type(key) is str:
            return {}
        if is_number(key) or type(key) is dict:
            return []
    if type(value) is str and type(key) is dict:
        raise mismatch("Cannot update string slices")
    if type(value) is list and type(key) is list:
        raise mismatch("Cannot update field at array index of array")
    raise cannot_index(value, key)


def _store(meter: Meter, holder: Value, step: Any, value: Value) -> None:
    if type(holder) is dict:
        holder[step] = value
        return
    missing = step - len(holder)
    if missing < 0:
        holder[step] = value
        return
    if step > _LARGEST:
        raise failure("Array index too large")
    if step >= meter.limits.cells:
        raise exhausted(f"a value would hold more than {meter.limits.cells} cells")
    meter.charge(missing >> 4)
    holder.extend([None] * missing)
    holder.append(value)


def put(meter: Meter, value: Value, path: Path, new: Value) -> Value:
    """The value with `new` at the path."""
    draft = Draft(meter, value)
    draft.put(path, new)
    return draft.root


def delete(meter: Meter, value: Value, paths: list[Path]) -> Value:
    """The value without what is at the paths."""
    if not paths:
        return value
    lists = [list(p) for p in paths]
    for path in lists:
        meter.nested(len(path))
    ordered = [lists[i] for i in ordering(meter, lists)]
    if not ordered[0]:
        return None
    return _delete_sorted(meter, value, ordered, 0)


def _delete_sorted(meter: Meter, value: Value, paths: list[list[Any]], start: int) -> Value:
    """Delete below first, then whole keys, so positions stay what the paths meant."""
    gone: list[Any] = []
    at = 0
    while at < len(paths):
        key = paths[at][start]
        end = at
        while end == at or (end < len(paths) and _same_key(meter, key, paths[end][start])):
            end += 1
        if len(paths[at]) == start + 1:
            gone.append(key)
        else:
            child = lookup(meter, value, key)
            if child is not None:
                left = _delete_sorted(meter, child, paths[at:end], start + 1)
                value = put(meter, value, (key,), left)
        at = end
    return _without(meter, value, gone)


def _same_key(meter: Meter, a: Any, b: Any) -> bool:
    meter.charge(1)
    return equal(meter, a, b)


def _without(meter: Meter, value: Value, keys: list[Any]) -> Value:
    if value is None or not keys:
        return value
    if type(value) is dict:
        meter.fields(len(value))
        out = dict(value)
        for key in keys:
            if type(key) is not str:
                raise mismatch(f"Cannot delete {kind(key)} field of object")
            out.pop(key, None)
        return out
    if type(value) is list:
        return _without_items(meter, value, keys)
    raise mismatch(f"Cannot delete fields from {kind(value)}")


def _without_items(meter: Meter, value: list[Any], keys: list[Any]) -> list[Any]:
    meter.charge(len(value) >> 3)
    gone: set[int] = set()
    for key in keys:
        if is_number(key):
            position = index_of(key)
            if position is not None:
                gone.add(position + len(value) if position < 0 else position)
        elif type(key) is dict:
            start, end = bounds_of(value, key)
            meter.charge((end - start) >> 3)
            gone.update(range(start, end))
        else:
            raise mismatch(f"Cannot delete {kind(key)} element of array")
    return [x for i, x in enumerate(value) if i not in gone]
