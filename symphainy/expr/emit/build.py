"""The table of node builders that the modules beside this one fill."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from symphainy.expr import nodes as n
from symphainy.expr.code import Code, Env, Path, Paths, Value
from symphainy.expr.scope import Scope

Builder = Callable[[Any, Scope], Code]
Tracer = Callable[[Any, Scope], Paths]
B = TypeVar("B", bound=Builder)
T = TypeVar("T", bound=Tracer)

_BUILDERS: dict[type, Builder] = {}
_TRACERS: dict[type, Tracer] = {}


def builds(kind: type[n.Node]) -> Callable[[B], B]:
    """Registers the function that compiles nodes of this kind."""

    def register(function: B) -> B:
        _BUILDERS[kind] = function
        return function

    return register


def traces(kind: type[n.Node]) -> Callable[[T], T]:
    """Registers the function that compiles nodes of this kind to yield paths with values."""

    def register(function: T) -> T:
        _TRACERS[kind] = function
        return function

    return register


def build(node: n.Node, scope: Scope) -> Code:
    """The node as code that yields values."""
    return _BUILDERS[type(node)](node, scope)


def trace(node: n.Node, scope: Scope) -> Paths:
    """The node as code that yields where in its input its values are."""
    tracer = _TRACERS.get(type(node))
    return tracer(node, scope) if tracer is not None else opaque(build(node, scope))


def opaque(code: Code) -> Paths:
    """Paths of code that computes its values: only its untouched input keeps its path."""
    many, cost = code.many, code.cost + 1

    def follow(env: Env, path: Path, value: Value) -> Iterator[tuple[Path, Value]]:
        env[0].charge(cost)
        for found in many(env, value):
            yield (path if _same(found, value) else None), found

    return follow


def _same(found: Value, value: Value) -> bool:
    # scalars other than these have no identity that holds on every Python
    return found is value and (found is None or type(found) in (bool, list, dict))
