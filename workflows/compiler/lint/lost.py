"""What a task works out and the next one throws away."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from symphainy import expr
from symphainy.definition import (
    CallTask,
    EmitTask,
    FunctionCall,
    ListenTask,
    SetTask,
    TaskItem,
)
from workflows.compiler.context import Compilation
from workflows.compiler.nesting import inside, roots

__all__ = ["check_lost"]

OWN = frozenset({".", "input"})
"""Where the data of the task before is read from."""


def check_lost(at: Compilation) -> None:
    """Find data that is made for nothing: nobody reads it before the next task replaces it."""
    if at.definition.use.extensions or at.definition.evaluate.mode != "strict":
        return
    lost = _Lost(at)
    for one in roots(at.definition):
        lost.check(one.items)


class _Lost:
    def __init__(self, at: Compilation) -> None:
        self.at = at
        self.places = sorted(at.programs)
        self.pure: dict[str, bool] = {}
        """Whether a function has no effect, by the name it is called by."""

    def check(self, items: tuple[TaskItem, ...]) -> None:
        for item, following in pairwise(items):
            if self._only_gives(item) and self._ignores(following):
                message = f"what `{item.name}` gives is replaced by `{following.name}`, unread"
                self.at.find("compile.lost-output", item.pointer, message)
        for item in items:
            for role, inner in inside(item):
                if role != "branches":
                    self.check(inner)
                    continue
                for branch in inner:
                    for one in inside(branch):
                        self.check(one.items)

    def _only_gives(self, item: TaskItem) -> bool:
        """Whether the task does nothing but give the next one its data."""
        task = item.task
        if task.export is not None or task.then not in (None, "continue"):
            return False
        if isinstance(task, SetTask):
            return True
        if not isinstance(task, FunctionCall) or task.call in self.at.definition.experiences:
            return False
        if task.call not in self.pure:
            self.pure[task.call] = self._is_pure(task.call)
        return self.pure[task.call]

    def _is_pure(self, called: str) -> bool:
        name, _, version = called.partition("@")[0].partition(":")
        major = version.partition(".")[0]
        spec = self.at.catalog.capability(name, int(major) if major.isdigit() else None)
        return spec is not None and spec.effect == "none" and called not in self._functions

    @property
    def _functions(self) -> Any:
        return self.at.definition.use.functions

    def _ignores(self, item: TaskItem) -> bool:
        """Whether the task replaces its data without reading it."""
        task = item.task
        if task.if_ is not None or not isinstance(task, CallTask | EmitTask | ListenTask | SetTask):
            return False
        if isinstance(task, FunctionCall) and (task.call in self._functions or "@" in task.call):
            return False
        return not any(self._reads(pointer) for pointer in self._expressions(item))

    def _reads(self, pointer: str) -> bool:
        program = self.at.programs.get(pointer)
        return program is None or not OWN.isdisjoint(path[0] for path in program.paths)

    def _expressions(self, item: TaskItem) -> Iterator[str]:
        """The places of all expressions of a task, compiled or not."""
        start = bisect_left(self.places, f"{item.pointer}/")
        for place in self.places[start:]:
            if not place.startswith(f"{item.pointer}/"):
                break
            yield place
        yield from _texts(_value(self.at.source.data, item.pointer), item.pointer)


def _texts(value: Any, pointer: str) -> Iterator[str]:
    """The places of everything that is written as an expression."""
    if isinstance(value, str) and expr.is_runtime_expression(value):
        yield pointer
    pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        pairs = enumerate(value)
    for key, one in pairs:
        part = str(key).replace("~", "~0").replace("/", "~1")
        yield from _texts(one, f"{pointer}/{part}")


def _value(data: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data
