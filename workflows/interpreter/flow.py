"""Walks tasks: the order, the data that flows between them, and the position that is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from symphainy.json import Json
from symphainy.plan import Task
from temporal.suspension import Suspended
from workflows.interpreter.faults import Fault
from workflows.interpreter.scope import Scope

__all__ = ["Directive", "End", "Frame", "Result", "Walked", "Walker", "walk", "walked"]

Frame = Mapping[str, Any]
"""A position inside a task, as JSON; each kind of task has its own members, `inner` is the
position further in."""

Directive = str
"""`continue`, `exit`, `end`, or the name of a task of the same list."""


class Result(NamedTuple):
    """What a task gives, and where the flow goes from there."""

    data: Json
    then: Directive = "continue"


class Walked(NamedTuple):
    """What a list of tasks gives, and whether it was left early, by `exit`."""

    data: Json
    left: bool


class End(Exception):
    """Ends the run, well, from however deep inside."""

    def __init__(self, data: Json) -> None:
        super().__init__()
        self.data = data


class Walker(Protocol):
    """What a kind of task needs of the run it is part of."""

    context: Json

    async def step(self, task: Task, data: Json, scope: Scope, frame: Frame | None) -> Result:
        """One task with everything around it: condition, input, body, output, export."""
        ...

    async def boundary(self, ref: str) -> None:
        """Before the task `ref`, or within one: yield if much was evaluated, pause if asked to,
        leave if the history is long or the run goes over to another version (raises
        Suspended)."""
        ...


@dataclass(slots=True)
class _Position:
    index: int
    data: Json
    inner: Frame | None
    jumped: bool = False
    """Whether `then` led here."""


async def walk(
    run: Walker, tasks: tuple[Task, ...], data: Json, scope: Scope, frame: Frame | None = None
) -> Result:
    """The data after the last task; `exit` among them ends the list, `end` raises End."""
    return Result((await walked(run, tasks, data, scope, frame)).data)


async def walked(
    run: Walker, tasks: tuple[Task, ...], data: Json, scope: Scope, frame: Frame | None
) -> Walked:
    """Like `walk`, and whether `exit` ended the list."""
    index = {task.name: i for i, task in enumerate(tasks)}
    at = _Position(0, data, None)
    if frame is not None:
        at = _Position(frame["i"], frame["data"], frame["inner"], frame.get("jumped", False))
    while at.index < len(tasks):
        task = tasks[at.index]
        try:
            if at.inner is None:
                await run.boundary(task.ref)
            result = await run.step(task, at.data, scope, at.inner)
        except Suspended as left:
            jumped = {"jumped": True} if at.jumped else {}
            raise left.within(i=at.index, data=at.data, **jumped) from None
        if result.then == "end":
            raise End(result.data)
        if result.then == "exit":
            return Walked(result.data, left=True)
        following = _next(task, at.index, result.then, index)
        at = _Position(following, result.data, None, result.then != "continue")
    return Walked(at.data, left=False)


def _next(task: Task, current: int, then: Directive, index: Mapping[str, int]) -> int:
    if then == "continue":
        return current + 1
    if then not in index:
        # The compiler refuses this; a plan of another compiler may not have.
        raise Fault.of("configuration", f"there is no task {then!r} here", instance=task.ref)
    return index[then]
