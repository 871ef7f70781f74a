"""Compile and evaluate."""

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from symphainy.expr import library
from symphainy.expr import nodes as n
from symphainy.expr.code import EMPTY, MANY, Code
from symphainy.expr.emit.build import build
from symphainy.expr.errors import Break, CompileError, EvaluationError, exhausted
from symphainy.expr.limits import HEIGHT, NODES, SOURCE_BYTES, Limits
from symphainy.expr.lineage import read_paths
from symphainy.expr.meter import Meter
from symphainy.expr.outcome import checked
from symphainy.expr.parser import parse
from symphainy.expr.scope import Program as Gathered
from symphainy.expr.scope import Scope

Json = Any
R = TypeVar("R")

_DEFAULT = Limits()
# importing them fills the table of builtins
_LIBRARY = library.MODULES
# frames the evaluator may need on top of what the stack limit counts, with a wide margin
_HEADROOM = 6_000

__all__ = ["Json", "Outcome", "Program", "compile", "evaluate", "outputs"]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled expression: immutable, shared between threads, without state of its own.

    `variables` are the names it reads, without the dollar sign; `paths` the static paths it
    reads, each starting with `.` or the variable's name, `[]` standing for any item.
    """

    source: str
    variables: frozenset[str]
    paths: frozenset[tuple[str, ...]]
    slots: tuple[str, ...] = field(repr=False, compare=False)
    code: Code = field(repr=False, compare=False)
    tree: n.Node = field(repr=False, compare=False)


class Outcome(NamedTuple):
    """The first value of an evaluation, null when there was none, and the steps it took."""

    value: Json
    steps: int


def compile(source: str, variables: Collection[str] = ()) -> Program:
    """The program of the source with these variables granted, names without the dollar sign.

    Raises `CompileError`. Compiling the same source again is a lookup.
    """
    return _compiled(source, frozenset(variables))


@lru_cache(maxsize=2048)
def _compiled(source: str, variables: frozenset[str]) -> Program:
    return _with_headroom(lambda: _compile(source, variables))


def _compile(source: str, variables: frozenset[str]) -> Program:
    if len(source) > SOURCE_BYTES or len(source.encode("utf-8", "replace")) > SOURCE_BYTES:
        raise CompileError(
            "expression.too-large", f"the expression is longer than {SOURCE_BYTES} bytes"
        )
    tree = parse(source)
    mentioned = tuple(sorted(_checked(tree) & variables))
    names = {name: slot for slot, name in enumerate(mentioned, 1)}
    gathered = Gathered(variables)
    code = build(tree, Scope(gathered, len(names) + 1, names, {}, len(names) + 1))
    if code.height > _DEFAULT.stack:
        raise CompileError("expression.too-large", "the expression has too many nested parts")
    return Program(source, frozenset(gathered.read), read_paths(tree), mentioned, code, tree)


def _checked(tree: n.Node) -> set[str]:
    """The variables the tree mentions; refuses one that is too large or too tall."""
    names: set[str] = set()
    count = 0
    level = [tree]
    for height in range(HEIGHT + 1):
        if not level:
            return names
        count += len(level)
        if count > NODES:
            raise CompileError("expression.too-large", f"the expression has over {NODES} parts")
        if height == HEIGHT:
            break
        names.update(node.name for node in level if isinstance(node, n.Variable))
        level = [part for node in level for part in n.children(node)]
    raise CompileError("expression.too-large", f"the expression nests over {HEIGHT} levels")


def evaluate(
    program: Program,
    data: Json,
    variables: Mapping[str, Json] | None = None,
    *,
    now: float | None = None,
    limits: Limits = _DEFAULT,
) -> Outcome:
    """The program's first value over the data; nothing given is changed.

    `variables` holds a value for every name the program reads; `now` is what the function of
    that name returns, in seconds since 1970. Raises `EvaluationError`.
    """

    def run() -> Outcome:
        meter = Meter(limits, now)
        try:
            value = _first(program, _frame(program, meter, variables), data)
            return Outcome(checked(meter, value), limits.steps - meter.fuel)
        except EvaluationError as error:
            error.steps = limits.steps - max(meter.fuel, 0)
            raise

    return _with_headroom(run)


def outputs(
    program: Program,
    data: Json,
    variables: Mapping[str, Json] | None = None,
    *,
    now: float | None = None,
    limits: Limits = _DEFAULT,
) -> tuple[list[Json], int]:
    """All values of the program over the data, and the steps they took together."""

    def run() -> tuple[list[Json], int]:
        meter = Meter(limits, now)
        found = _all(program, _frame(program, meter, variables), data)
        values = checked(meter, found)
        return values, limits.steps - meter.fuel

    return _with_headroom(run)


def _frame(program: Program, meter: Meter, variables: Mapping[str, Json] | None) -> tuple[Any, ...]:
    meter.charge(program.code.cost)
    if not program.slots:
        return (meter,)
    given = variables or {}
    for name in program.variables:
        if name not in given:
            raise EvaluationError(
                "expression.variable", f"no value was given for ${name}", uncatchable=True
            )
    return (meter, *[given.get(name) for name in program.slots])


def _first(program: Program, frame: tuple[Any, ...], data: Json) -> Json:
    code = program.code
    if code.yields < MANY:
        value = code.one(frame, data)
        return None if value is EMPTY else value
    for value in code.many(frame, data):
        return value
    return None


def _all(program: Program, frame: tuple[Any, ...], data: Json) -> list[Json]:
    meter = frame[0]
    found = []
    try:
        for value in program.code.many(frame, data):
            meter.charge(1)
            found.append(value)
            if len(found) > meter.limits.outputs:
                raise exhausted(f"more than {meter.limits.outputs} values")
    except Break:  # pragma: no cover - a label that is gone cannot be named
        raise AssertionError("a break left its label") from None
    return found


def _with_headroom(run: Callable[[], R]) -> R:
    """The result of a pure function, whatever the caller's depth of Python frames.

    The evaluator bounds its own depth well below what the C stack holds; should Python's own
    counter strike first it is raised, and the function, which changes nothing, runs again.
    """
    try:
        return run()
    except RecursionError:
        depth, frame = 0, sys._getframe()
        while frame.f_back is not None:
            depth, frame = depth + 1, frame.f_back
        sys.setrecursionlimit(max(sys.getrecursionlimit(), depth + _HEADROOM))
        return run()
