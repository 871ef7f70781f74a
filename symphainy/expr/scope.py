"""What a name means at a place in the source."""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from symphainy.expr import nodes as n
from symphainy.expr.code import UNBUILT, Code, Paths
from symphainy.expr.errors import CompileError


@dataclass(slots=True, eq=False)
class Definition:
    """A function; `code` is set once its body is built, `size` is the frame it closes over."""

    function: n.Function
    size: int
    yields: int
    body: "Scope"
    code: Code = UNBUILT
    built: bool = False
    recursive: bool = False
    trace: Paths | None = None


@dataclass(slots=True, eq=False)
class Closure:
    """A parameter that is an expression, in a slot of the frame as (code, frame)."""

    slot: int


@dataclass(slots=True, eq=False)
class Value:
    """A `$parameter` called without its dollar."""

    slot: int


@dataclass(slots=True, eq=False)
class Program:
    """What is gathered while one source is built."""

    granted: frozenset[str]
    read: set[str] = field(default_factory=set)
    rebuilds: int = 0


@dataclass(slots=True, eq=False)
class Scope:
    """Names in reach; frames are tuples, so a name is a position in one."""

    program: Program
    size: int
    names: dict[str, int]
    functions: dict[tuple[str, int], Definition | Closure | Value]
    globals: int = 1

    def bind(self, *names: str) -> "Scope":
        """The scope with these names in the next slots."""
        found = dict(self.names)
        for offset, name in enumerate(names):
            found[name] = self.size + offset
        return Scope(self.program, self.size + len(names), found, self.functions, self.globals)

    def define(self, name: str, arity: int, meaning: Definition | Closure | Value) -> "Scope":
        functions = {**self.functions, (name, arity): meaning}
        return Scope(self.program, self.size, self.names, functions, self.globals)

    def slot(self, node: n.Variable) -> int:
        """The variable's slot; raises `expression.variable` when nothing grants it."""
        slot = self.names.get(node.name)
        if slot is None:
            raise unknown_variable(node, self.granted())
        if slot < self.globals:
            self.program.read.add(node.name)
        return slot

    def granted(self) -> list[str]:
        names = {name for name in self.names if not name.startswith("*")}
        return sorted(names | self.program.granted)


def unknown_variable(node: n.Variable, granted: list[str]) -> CompileError:
    near = get_close_matches(node.name, granted, 1)
    if near:
        hint = f"did you mean ${near[0]}?"
    elif granted:
        hint = "granted are " + ", ".join(f"${name}" for name in granted)
    else:
        hint = "no variable is granted"
    return CompileError(
        "expression.variable", f"${node.name} is not available here; {hint}", node.position
    )


Builder = Callable[[Any, Scope], Code]
