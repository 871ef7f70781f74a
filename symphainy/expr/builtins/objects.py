"""Objects as entries and back."""

from collections.abc import Iterator

from symphainy.expr.access import lookup, members
from symphainy.expr.builtins.basics import unsorted_keys
from symphainy.expr.builtins.registry import form, function
from symphainy.expr.code import EMPTY, MANY, ONE, Code, Env, Value
from symphainy.expr.emit.plain import checked_key
from symphainy.expr.meter import Meter

_KEYS = ("key", "Key", "name", "Name", "k", "K")
_VALUES = ("value", "Value", "v", "V")


@function("to_entries")
def to_entries(meter: Meter, value: Value) -> Value:
    meter.charge(len(unsorted_keys(meter, value)))
    if type(value) is dict:
        return [{"key": k, "value": x} for k, x in value.items()]
    return [{"key": i, "value": x} for i, x in enumerate(value)]


@function("from_entries")
def from_entries(meter: Meter, value: Value) -> Value:
    return collected(meter, members(value))


def collected(meter: Meter, entries: object) -> dict[str, Value]:
    """The object of entries in any of the spellings jq knows."""
    out: dict[str, Value] = {}
    for entry in entries:  # type: ignore[attr-defined]
        meter.charge(2)
        if type(entry) is not dict:
            lookup(meter, entry, "key")
        key: Value = None
        for name in _KEYS:
            key = lookup(meter, entry, name)
            if key is not None and key is not False:
                break
        shown = checked_key(key if key is not None or not entry else entry.get("key"))
        out[shown] = _entry_value(entry)
    return out


def _entry_value(entry: dict[str, Value]) -> Value:
    for name in _VALUES:
        if name in entry:
            return entry[name]
    return None


@form("with_entries", 1)
def with_entries(change: Code) -> Code:
    many = change.many

    def results(env: Env, entries: list[Value]) -> Iterator[Value]:
        for entry in entries:
            env[0].charge(change.cost + 1)
            if change.yields < MANY:
                found = change.one(env, entry)
                if found is not EMPTY:
                    yield found
            else:
                yield from many(env, entry)

    def one(env: Env, value: Value) -> Value:
        return collected(env[0], results(env, to_entries(env[0], value)))

    return Code(ONE, one, None, 2, change.height + 4)
