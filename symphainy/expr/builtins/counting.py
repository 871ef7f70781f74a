"""Functions that take a part of a stream of values."""

from collections.abc import Iterator

from symphainy.expr.builtins.registry import form
from symphainy.expr.code import EMPTY, MANY, OPTIONAL, Code, Env, Value, above
from symphainy.expr.errors import failure
from symphainy.expr.values import is_number


@form("first", 1)
def first_of(source: Code) -> Code:
    if source.yields < MANY:
        return source

    def one(env: Env, value: Value) -> Value:
        for found in source.many(env, value):
            return found
        return EMPTY

    return Code(OPTIONAL, one, None, 1 + source.cost, above([source]))


@form("last", 1)
def last_of(source: Code) -> Code:
    if source.yields < MANY:
        return source

    def one(env: Env, value: Value) -> Value:
        meter = env[0]
        last: Value = EMPTY
        for found in source.many(env, value):
            meter.charge(1)
            last = found
        return last

    return Code(OPTIONAL, one, None, 1 + source.cost, above([source]))


def counted(count: Value, what: str) -> Value:
    """The count a value stands for; raises `what` when it is negative."""
    if is_number(count) and count < 0:
        raise failure(what)
    if not is_number(count):
        # other types sort above or below every number, so they limit nothing or everything
        return 0 if count is None or type(count) is bool else float("inf")
    return count


@form("limit", 2)
def limit(count: Code, source: Code) -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        for given in count.many(env, value):
            left = counted(given, "limit doesn't support negative count")
            env[0].charge(1 + source.cost)
            if left <= 0:
                continue
            for found in source.many(env, value):
                env[0].charge(1)
                yield found
                left -= 1
                if left <= 0:
                    break

    return Code(MANY, None, many, 1 + count.cost, above([count, source]) + 1)


@form("skip", 2)
def skip(count: Code, source: Code) -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        for given in count.many(env, value):
            left = counted(given, "skip doesn't support negative count")
            env[0].charge(1 + source.cost)
            for found in source.many(env, value):
                env[0].charge(1)
                if left > 0:
                    left -= 1
                else:
                    yield found

    return Code(MANY, None, many, 1 + count.cost, above([count, source]) + 1)


@form("nth", 2)
def nth_of(position: Code, source: Code) -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        for given in position.many(env, value):
            left = counted(given, "nth doesn't support negative indices")
            env[0].charge(1 + source.cost)
            for found in source.many(env, value):
                env[0].charge(1)
                if left <= 0:
                    yield found
                    break
                left -= 1

    return Code(MANY, None, many, 1 + position.cost, above([position, source]) + 1)
