"""Destructuring: patterns as a flat list of steps over registers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symphainy.expr import nodes as n
from symphainy.expr.access import lookup
from symphainy.expr.code import ONE, Code, Env, Value
from symphainy.expr.emit.build import build
from symphainy.expr.errors import mismatch
from symphainy.expr.scope import Scope
from symphainy.expr.values import kind

Frames = Callable[[Env, Value], Iterator[Env]]


@dataclass(slots=True, eq=False)
class _Step:
    """Store register `of` in variable `slot`, or read part `key` of it into register `into`."""

    of: int
    slot: int = -1
    key: Code | None = None
    into: int = 0
    array: bool = False


class Matcher:
    """One pattern, compiled: yields a frame with the bound variables for each way it matches."""

    def __init__(self, pattern: n.Pattern, scope: Scope, base: int) -> None:
        self.scope = scope
        self.base = base
        self.count = scope.size - base
        self.steps: list[_Step] = []
        self.registers = 1
        self.flatten(pattern, 0)
        self.cost = len(self.steps) + sum(s.key.cost for s in self.steps if s.key is not None)
        self.height = 2 + max((s.key.height for s in self.steps if s.key is not None), default=0)
        self.simple = all(s.key is None or s.key.yields == ONE for s in self.steps)

    def flatten(self, pattern: n.Pattern, of: int) -> None:
        if isinstance(pattern, n.NamePattern):
            self.steps.append(_Step(of, slot=self.scope.names[pattern.name] - self.base))
        elif isinstance(pattern, n.ArrayPattern):
            # jq takes the last item first, which shows in what an error says
            for position, inner in reversed(list(enumerate(pattern.items))):
                key = build(n.Literal(pattern.position, position), self.scope)
                self.flatten(inner, self.part(of, key, True))
        elif isinstance(pattern, n.ObjectPattern):
            for key_node, name, inner_pattern in pattern.fields:
                into = self.part(of, build(key_node, self.scope), False)
                if name is not None:
                    self.steps.append(_Step(into, slot=self.scope.names[name] - self.base))
                if inner_pattern is not None:
                    self.flatten(inner_pattern, into)

    def part(self, of: int, key: Code, array: bool) -> int:
        into = self.registers
        self.registers += 1
        self.steps.append(_Step(of, key=key, into=into, array=array))
        return into

    def frames(self, env: Env, value: Value) -> Iterator[Env]:
        """A frame for each combination of the values of computed keys."""
        if self.simple:
            return iter((self.only(env, value),))
        return self.ways(env, value)

    def only(self, env: Env, value: Value) -> Env:
        bound: list[Value] = [None] * self.count
        registers = [value] + [None] * (self.registers - 1)
        for step in self.steps:
            if step.key is None:
                bound[step.slot] = registers[step.of]
                continue
            held = registers[step.of]
            key = step.key.one((*env, *bound), held)
            registers[step.into] = _part(env, held, key, step.array)
        return (*env, *bound)

    def ways(self, env: Env, value: Value) -> Iterator[Env]:
        """Depth first over the steps, with an explicit stack of states."""
        registers = [value] + [None] * (self.registers - 1)
        stack: list[tuple[int, list[Value], list[Value]]] = [(0, registers, [None] * self.count)]
        while stack:
            at, registers, bound = stack.pop()
            env[0].charge(1 + self.count)
            while at < len(self.steps) and self.steps[at].key is None:
                bound[self.steps[at].slot] = registers[self.steps[at].of]
                at += 1
            if at == len(self.steps):
                yield (*env, *bound)
                continue
            step = self.steps[at]
            branches = []
            held = registers[step.of]
            for key in step.key.many((*env, *bound), held) if step.key else ():
                env[0].charge(len(registers))
                following = list(registers)
                following[step.into] = _part(env, held, key, step.array)
                branches.append((at + 1, following, list(bound)))
            stack.extend(reversed(branches))


def _part(env: Env, value: Value, key: Value, array: bool) -> Value:
    if not array and type(key) is not str:
        raise mismatch(f"Cannot index {kind(value)} with {kind(key)}")
    return lookup(env[0], value, key)
