"""Arithmetic, comparison and logic."""

from collections.abc import Callable, Iterator

from symphainy.expr import arithmetic
from symphainy.expr import nodes as n
from symphainy.expr.code import ONE, Code, Env, Value, several, single
from symphainy.expr.emit.build import build, builds
from symphainy.expr.errors import mismatch
from symphainy.expr.jsontext import brief
from symphainy.expr.meter import Meter
from symphainy.expr.scope import Scope
from symphainy.expr.values import is_number, kind

Operation = Callable[[Meter, Value, Value], Value]


@builds(n.Binary)
def binary(node: n.Binary, scope: Scope) -> Code:
    left, right = build(node.left, scope), build(node.right, scope)
    return apply(arithmetic.OPERATIONS[node.operator], left, right, node.right)


def apply(operation: Operation, left: Code, right: Code, right_node: n.Node | None = None) -> Code:
    """The operation over every pair, the right operand's values outermost."""
    if left.yields == ONE and right.yields == ONE:
        of = left.one
        if isinstance(right_node, n.Literal):
            constant = right_node.value
            return single(
                lambda env, value: operation(env[0], of(env, value), constant), 1, left, right
            )
        by = right.one

        def one(env: Env, value: Value) -> Value:
            other = by(env, value)
            return operation(env[0], of(env, value), other)

        return single(one, 1, left, right)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for other in right.many(env, value):
            for found in left.many(env, value):
                env[0].charge(1)
                yield operation(env[0], found, other)

    return several(many, 2, left, right)


@builds(n.Negate)
def negate(node: n.Negate, scope: Scope) -> Code:
    term = build(node.term, scope)
    if term.yields == ONE:
        of = term.one
        return single(lambda env, value: negative(of(env, value)), 1, term)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for found in term.many(env, value):
            env[0].charge(1)
            yield negative(found)

    return several(many, 1, term)


def negative(value: Value) -> Value:
    if not is_number(value):
        raise mismatch(f"{kind(value)} ({brief(value)}) cannot be negated")
    return -value


@builds(n.Logic)
def logic(node: n.Logic, scope: Scope) -> Code:
    left, right = build(node.left, scope), build(node.right, scope)
    # the left value that already decides: false for `and`, true for `or`
    decides = node.operator == "or"
    if left.yields == ONE and right.yields == ONE:
        first, second = left.one, right.one

        def one(env: Env, value: Value) -> Value:
            found = first(env, value)
            if (found is not None and found is not False) is decides:
                return decides
            found = second(env, value)
            return found is not None and found is not False

        return single(one, 1, left, right)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for found in left.many(env, value):
            env[0].charge(right.cost + 1)
            if (found is not None and found is not False) is decides:
                yield decides
                continue
            for other in right.many(env, value):
                env[0].charge(1)
                yield other is not None and other is not False

    return several(many, 1, left, right)
