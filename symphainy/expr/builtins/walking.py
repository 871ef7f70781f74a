"""Going through values bottom up, and as streams of events."""

from collections.abc import Callable, Iterable, Iterator

from symphainy.expr.builtins.registry import form
from symphainy.expr.code import MANY, ONE, Code, Env, Value, several
from symphainy.expr.meter import Meter

Change = Callable[[Value], tuple[Value, ...]]
Last = Callable[[Value], Iterable[Value]]


class _Open:
    """A container on the way: its members still to visit and what they became."""

    __slots__ = ("done", "keys", "todo")

    def __init__(self, value: Value) -> None:
        if type(value) is dict:
            self.keys: list[str] | None = list(value)
            self.todo = iter(value.values())
        else:
            self.keys = None
            self.todo = iter(value)
        self.done: list[tuple[Value, ...]] = []

    def close(self, meter: Meter) -> Value:
        meter.charge(len(self.done))
        if self.keys is None:
            return [x for results in self.done for x in results]
        # of several results a field keeps the first, of none it goes
        pairs = zip(self.keys, self.done, strict=True)
        return {key: results[0] for key, results in pairs if results}


def walked(env: Env, value: Value, cost: int, change: Change, last: Last) -> Iterable[Value]:
    """What `last` makes of the value after all its members were changed."""
    meter = env[0]
    stack: list[_Open] = []
    current: Value = value
    while True:
        if type(current) is list or type(current) is dict:
            meter.nested(len(stack))
            stack.append(_Open(current))
            results: tuple[Value, ...] | None = None
        else:
            meter.charge(cost + 1)
            if not stack:
                return last(current)
            results = change(current)
        while stack:
            top = stack[-1]
            if results is not None:
                meter.charge(len(results))
                top.done.append(results)
            missing = object()
            current = next(top.todo, missing)
            if current is not missing:
                break
            stack.pop()
            meter.charge(cost + 1)
            if not stack:
                return last(top.close(meter))
            results = change(top.close(meter))


@form("walk", 1)
def walk(change: Code) -> Code:
    """Bottom up; with an explicit stack, so deep values need no deep Python."""
    if change.yields == ONE:
        step = change.one

        def one(env: Env, value: Value) -> Value:
            def each(member: Value) -> tuple[Value, ...]:
                return (step(env, member),)

            return next(iter(walked(env, value, change.cost, each, each)))

        return Code(ONE, one, None, 2, change.height + 3)

    def many(env: Env, value: Value) -> Iterable[Value]:
        return walked(
            env,
            value,
            change.cost,
            lambda member: tuple(change.many(env, member)),
            lambda whole: change.many(env, whole),
        )

    return Code(MANY, None, many, 2, change.height + 5)


@form("tostream", 0)
def to_stream() -> Code:
    return several(_events, 1)


def _events(env: Env, value: Value) -> Iterator[Value]:
    """jq's streaming form: [path, leaf] for leaves, [path] when a container ends."""
    meter = env[0]
    if type(value) not in (list, dict) or not value:
        yield [[], value]
        return
    stack = [_entries(value)]
    path: list[Value] = []
    while stack:
        entry = next(stack[-1], None)
        meter.charge(len(path) + 1)
        if entry is None:
            stack.pop()
            yield [list(path)]
            if path:
                path.pop()
            continue
        key, member = entry
        if len(path) == len(stack):
            path[-1] = key
        else:
            path.append(key)
        if type(member) in (list, dict) and member:
            meter.nested(len(stack))
            stack.append(_entries(member))
        else:
            yield [list(path), member]


def _entries(value: Value) -> Iterator[tuple[Value, Value]]:
    return iter(value.items()) if type(value) is dict else iter(enumerate(value))
