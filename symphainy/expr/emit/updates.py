"""Assignments."""

from collections.abc import Iterator

from symphainy.expr import arithmetic
from symphainy.expr import nodes as n
from symphainy.expr.code import EMPTY, MANY, ONE, Code, Env, Paths, Value, above
from symphainy.expr.draft import Draft, delete
from symphainy.expr.emit.build import build, builds, trace
from symphainy.expr.emit.paths import known
from symphainy.expr.scope import Scope


@builds(n.Update)
def update(node: n.Update, scope: Scope) -> Code:
    target = trace(node.target, scope)
    size, tallness = n.shape(node.target)
    value = build(node.value, scope)
    height = above([value]) + 3 * tallness + 4
    cost = 1 + size + value.cost
    if node.operator == "|=":

        def modify(env: Env, dot: Value) -> Value:
            return modified(env, dot, target, value)

        return Code(ONE, modify, None, cost, height)
    step = _step(node.operator, target)
    if value.yields == ONE:
        of = value.one
        return Code(ONE, lambda env, dot: step(env, dot, of(env, dot)), None, cost, height)

    def many(env: Env, dot: Value) -> Iterator[Value]:
        for found in value.many(env, dot):
            env[0].charge(cost)
            yield step(env, dot, found)

    return Code(MANY, None, many, cost, height + 1)


class _Step:
    def __init__(self, operator: str, target: Paths) -> None:
        self.operator = operator
        self.target = target
        self.operation = arithmetic.OPERATIONS.get(operator[:-1], arithmetic.plus)

    def __call__(self, env: Env, dot: Value, given: Value) -> Value:
        draft = Draft(env[0], dot)
        for path in known(self.target, env, dot):
            draft.put(path, self.result(env, draft, path, given))
        return draft.root

    def result(self, env: Env, draft: Draft, path: tuple[Value, ...], given: Value) -> Value:
        if self.operator == "=":
            return given
        old = draft.take(path)
        if self.operator == "//=":
            return given if old is None or old is False else old
        return self.operation(env[0], old, given)


def _step(operator: str, target: Paths) -> _Step:
    return _Step(operator, target)


def modified(env: Env, dot: Value, target: Paths, value: Code) -> Value:
    """The input with every place the target names replaced by the value's first result there.

    A place where the value yields nothing is removed.
    """
    meter = env[0]
    draft = Draft(meter, dot)
    gone: list[tuple[Value, ...]] = []
    for path in known(target, env, dot):
        meter.charge(value.cost + 1)
        result = first(value, env, draft.take(path))
        if result is EMPTY:
            gone.append(path)
        else:
            draft.put(path, result)
    return delete(meter, draft.root, gone) if gone else draft.root


def first(code: Code, env: Env, value: Value) -> Value:
    """The first value of the code, EMPTY when there is none."""
    if code.yields < MANY:
        return code.one(env, value)
    for found in code.many(env, value):
        return found
    return EMPTY
