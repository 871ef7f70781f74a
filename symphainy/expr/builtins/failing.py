"""Raising errors."""

from collections.abc import Iterator

from symphainy.expr.builtins.basics import raised
from symphainy.expr.builtins.registry import special
from symphainy.expr.code import ONE, OPTIONAL, Code, Env, Value, several
from symphainy.expr.emit.build import build
from symphainy.expr.nodes import Call
from symphainy.expr.scope import Scope


@special("error", 0)
def error(node: Call, scope: Scope) -> Code:
    return Code(OPTIONAL, lambda env, value: raised(env[0], value), None, 2, 2)


@special("error", 1)
def error_with(node: Call, scope: Scope) -> Code:
    message = build(node.arguments[0], scope)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for found in message.many(env, value):
            raised(env[0], found)
        yield from ()

    if message.yields == ONE:
        of = message.one
        return Code(
            OPTIONAL, lambda env, value: raised(env[0], of(env, value)), None, 2 + message.cost, 3
        )
    return several(many, 2, message)
