"""Functions that run their arguments: map, select, range, limit, until and their like."""

from collections.abc import Callable, Iterable, Iterator

from symphainy.expr import numbers
from symphainy.expr.access import members
from symphainy.expr.builtins.registry import form
from symphainy.expr.code import (
    EMPTY,
    MANY,
    ONE,
    OPTIONAL,
    Code,
    Env,
    Value,
    above,
    several,
)
from symphainy.expr.combine import combinations
from symphainy.expr.emit.control import joined
from symphainy.expr.emit.updates import first
from symphainy.expr.errors import mismatch
from symphainy.expr.values import is_number


def truthy(value: Value) -> bool:
    return value is not None and value is not False


@form("map", 1)
def map_items(change: Code) -> Code:
    cost = change.cost + 1

    if change.yields < MANY:
        step, may_skip = change.one, change.yields == OPTIONAL

        def one(env: Env, value: Value) -> Value:
            meter = env[0]
            out = []
            for item in members(value):
                meter.fuel -= cost
                if meter.fuel < 0:
                    raise meter.out_of_fuel()
                found = step(env, item)
                if may_skip and found is EMPTY:
                    continue
                out.append(found)
            return out

        return Code(ONE, one, None, 2, change.height + 1)

    def spread(env: Env, value: Value) -> Value:
        out = []
        for item in members(value):
            env[0].charge(cost)
            for found in change.many(env, item):
                env[0].charge(1)
                out.append(found)
        return out

    return Code(ONE, spread, None, 2, change.height + 1)


@form("map_values", 1)
def map_values(change: Code) -> Code:
    cost = change.cost + 2

    def one(env: Env, value: Value) -> Value:
        meter = env[0]
        if type(value) is dict:
            pairs = []
            for key, item in value.items():
                meter.charge(cost)
                pairs.append((key, first(change, env, item)))
            return {k: x for k, x in pairs if x is not EMPTY}
        found = []
        for item in members(value):
            meter.charge(cost)
            found.append(first(change, env, item))
        return [x for x in found if x is not EMPTY]

    return Code(ONE, one, None, 2, change.height + 2)


@form("select", 1)
def select(test: Code) -> Code:
    if test.yields == ONE:
        check = test.one

        def one(env: Env, value: Value) -> Value:
            found = check(env, value)
            return EMPTY if found is None or found is False else value

        return Code(OPTIONAL, one, None, 1 + test.cost, above([test]))

    def many(env: Env, value: Value) -> Iterator[Value]:
        for found in test.many(env, value):
            env[0].charge(1)
            if truthy(found):
                yield value

    return several(many, 1, test)


def _range_step(start: Value, end: Value, step: Value) -> Iterator[Value]:
    if not (is_number(start) and is_number(end)):
        raise mismatch("Range bounds must be numeric")
    if not is_number(step):
        raise mismatch("Range bounds must be numeric")
    if type(start) is int and type(end) is int and type(step) is int:
        yield from range(start, end, step) if step else ()
        return
    if not step or step != step:
        return
    at = start
    while at < end if step > 0 else at > end:
        yield at
        at = numbers.add(at, step)


def _ranges(arguments: list[Code], bounds: Callable[[list[Value]], Iterator[Value]]) -> Code:
    if all(a.yields == ONE for a in arguments):
        ones = [a.one for a in arguments]

        def plain(env: Env, value: Value) -> Iterable[Value]:
            return bounds([f(env, value) for f in ones])

        return several(plain, 2, *arguments)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for given in combinations(arguments, env, value, False):
            env[0].charge(1)
            yield from bounds(given)

    return several(many, 2, *arguments)


@form("range", 1)
def range_to(end: Code) -> Code:
    return _ranges([end], lambda given: _range_step(0, given[0], 1))


@form("range", 2)
def range_between(start: Code, end: Code) -> Code:
    return _ranges([start, end], lambda given: _range_step(given[0], given[1], 1))


@form("range", 3)
def range_by(start: Code, end: Code, step: Code) -> Code:
    return _ranges([start, end, step], lambda given: _range_step(*given))


@form("until", 2)
def until(condition: Code, update: Code) -> Code:
    cost = condition.cost + update.cost + 1
    parts = [condition, update]
    if condition.yields == ONE and update.yields == ONE:
        done, step = condition.one, update.one

        def one(env: Env, value: Value) -> Value:
            meter = env[0]
            while True:
                meter.charge(cost)
                found = done(env, value)
                if found is not None and found is not False:
                    return value
                value = step(env, value)

        return Code(ONE, one, None, 1, above(parts))

    def many(env: Env, value: Value) -> Iterator[Value]:
        yield from _deepening(env, value, lambda x: _until_step(env, x, condition, update, cost))

    return Code(MANY, None, many, 1, above(parts) + 4)


Steps = Iterator[tuple[bool, Value]]


def _until_step(env: Env, value: Value, condition: Code, update: Code, cost: int) -> Steps:
    """(shown, value) for each outcome: a value to show, or one to go on from."""
    env[0].charge(cost)
    for found in condition.many(env, value):
        env[0].charge(1)
        if truthy(found):
            yield True, value
        else:
            for following in update.many(env, value):
                env[0].charge(1)
                yield False, following


def _while_step(env: Env, value: Value, condition: Code, update: Code, cost: int) -> Steps:
    env[0].charge(cost)
    for found in condition.many(env, value):
        env[0].charge(1)
        if truthy(found):
            yield True, value
            for following in update.many(env, value):
                env[0].charge(1)
                yield False, following


def _deepening(env: Env, value: Value, step: Callable[[Value], Steps]) -> Iterator[Value]:
    """Depth first through the steps, with an explicit stack instead of recursion."""
    stack = [step(value)]
    while stack:
        for shown, found in stack[-1]:
            if shown:
                yield found
            else:
                stack.append(step(found))
                break
        else:
            stack.pop()


@form("while", 2)
def while_loop(condition: Code, update: Code) -> Code:
    cost = condition.cost + update.cost + 1

    def many(env: Env, value: Value) -> Iterator[Value]:
        yield from _deepening(env, value, lambda x: _while_step(env, x, condition, update, cost))

    return Code(MANY, None, many, 1, above([condition, update]) + 4)


@form("repeat", 1)
def repeat(source: Code) -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        while True:
            env[0].charge(source.cost + 1)
            yield from source.many(env, value)

    return Code(MANY, None, many, 1, above([source]) + 1)


@form("recurse", 0)
def recurse_all() -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        meter = env[0]
        yield value
        stack = [_inner(value)]
        while stack:
            for found in stack[-1]:
                meter.charge(1)
                yield found
                if type(found) is list or type(found) is dict:
                    meter.nested(len(stack))
                    stack.append(_inner(found))
                    break
            else:
                stack.pop()

    return several(many, 1)


def _inner(value: Value) -> Iterator[Value]:
    return iter(members(value)) if type(value) in (list, dict) else iter(())


@form("recurse", 1)
def recurse_by(step: Code) -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        meter = env[0]
        meter.charge(step.cost)
        yield value
        stack = [iter(step.many(env, value))]
        while stack:
            for found in stack[-1]:
                meter.charge(1 + step.cost)
                yield found
                stack.append(iter(step.many(env, found)))
                break
            else:
                stack.pop()

    return Code(MANY, None, many, 1, above([step]) + 2)


@form("recurse", 2)
def recurse_while(step: Code, condition: Code) -> Code:
    return recurse_by(joined(_as_many(step), _as_many(select(condition))))


def _as_many(code: Code) -> Code:
    return Code(MANY, None, code.many, code.cost, code.height)
