"""The table of builtins that the modules beside this one fill."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symphainy.expr import nodes as n
from symphainy.expr.code import ONE, Code, Env, Paths, Value, several, single
from symphainy.expr.combine import combinations
from symphainy.expr.scope import Definition, Scope

Build = Callable[[n.Call, Scope], Code]
Trace = Callable[[n.Call, Scope], Paths]


@dataclass(slots=True, eq=False)
class Builtin:
    build: Build
    trace: Trace | None = None


BUILTINS: dict[tuple[str, int], Builtin] = {}
# looks a function written in the language itself up; set by the prelude, which needs the compiler
_defined: list[Callable[[tuple[str, int]], Definition | None]] = []
_names: list[Callable[[], set[tuple[str, int]]]] = []


def defined(key: tuple[str, int]) -> Definition | None:
    return _defined[0](key) if _defined else None


def known() -> set[tuple[str, int]]:
    """Every function by name and number of arguments."""
    return set(BUILTINS) | (_names[0]() if _names else set())


def prelude(
    find: Callable[[tuple[str, int]], Definition | None],
    names: Callable[[], set[tuple[str, int]]],
) -> None:
    _defined.append(find)
    _names.append(names)


def function(
    name: str, arity: int = 0, first_outermost: bool = False
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Registers `f(meter, value, *arguments)`, a function of values.

    When arguments yield several values the last one's are outermost, unless it says otherwise.
    """

    def register(run: Callable[..., Value]) -> Callable[..., Value]:
        def build_call(node: n.Call, scope: Scope) -> Code:
            from symphainy.expr.emit.build import build

            arguments = [build(argument, scope) for argument in node.arguments]
            return of_values(run, arguments, not first_outermost)

        BUILTINS[name, arity] = Builtin(build_call)
        return run

    return register


def of_values(run: Callable[..., Value], arguments: list[Code], last_outermost: bool) -> Code:
    """The function over every combination of its arguments' values."""
    if any(a.yields != ONE for a in arguments):

        def many(env: Env, value: Value) -> Iterator[Value]:
            for given in combinations(arguments, env, value, last_outermost):
                env[0].charge(1)
                yield run(env[0], value, *given)

        return several(many, 2, *arguments)
    if not arguments:
        return single(lambda env, value: run(env[0], value), 2)
    if len(arguments) == 1:
        only = arguments[0].one
        return single(lambda env, value: run(env[0], value, only(env, value)), 2, *arguments)
    ones = [a.one for a in arguments]
    if last_outermost:
        ones.reverse()

        def backwards(env: Env, value: Value) -> Value:
            given = [f(env, value) for f in ones]
            given.reverse()
            return run(env[0], value, *given)

        return single(backwards, 2, *arguments)
    return single(
        lambda env, value: run(env[0], value, *[f(env, value) for f in ones]), 2, *arguments
    )


def form(name: str, arity: int) -> Callable[[Callable[..., Code]], Callable[..., Code]]:
    """Registers a builder over the arguments' code, for functions that run them themselves."""

    def register(make: Callable[..., Code]) -> Callable[..., Code]:
        def build_call(node: n.Call, scope: Scope) -> Code:
            from symphainy.expr.emit.build import build

            return make(*[build(argument, scope) for argument in node.arguments])

        BUILTINS[name, arity] = Builtin(build_call)
        return make

    return register


def special(name: str, arity: int) -> Callable[[Build], Build]:
    """Registers a builder that sees the call itself."""

    def register(make: Build) -> Build:
        BUILTINS[name, arity] = Builtin(make)
        return make

    return register


def follows(name: str, arity: int) -> Callable[[Trace], Trace]:
    """Registers how a builtin that is already known tells paths."""

    def register(make: Trace) -> Trace:
        BUILTINS[name, arity].trace = make
        return make

    return register
