"""Extensions: tasks before and after a task, woven around it by the compiler."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from temporalio import workflow

from symphainy.json import Json
from symphainy.plan import Extension, Plan, Task
from temporal.suspension import Suspended
from workflows.interpreter.flow import Frame, Result, Walker, walk, walked
from workflows.interpreter.scope import Scope

__all__ = ["Extender", "extended"]

Perform = Callable[[Frame | None], Awaitable[Result]]


class Extender(Walker, Protocol):
    """What a task with extensions needs of its run."""

    plan: Plan

    async def bypass(self, task: Task, scope: Scope) -> bool:
        """Whether policy lets an extension stand in for `task`; waits until it does."""
        ...


async def extended(
    run: Extender,
    task: Task,
    names: tuple[str, ...],
    data: Json,
    scope: Scope,
    frame: Frame | None,
    perform: Perform,
) -> Result:
    """What the task gives, with the extensions `names` around it, the first outermost.

    What their tasks give goes nowhere, unless one of those before says `then: exit`: that stands
    in for the task, and what is further in does not happen.
    """
    if not names:
        return await perform(frame)
    extension, rest = run.plan.extensions[names[0]], names[1:]
    scope = scope.later(workflow.time(), run.context)
    seen = scope.extending()
    phase = frame["extension"] if frame is not None else _first(extension, data, seen)
    inner: Frame | None = frame["inner"] if frame is not None else None
    given: Json = frame["given"] if frame is not None else None
    then = frame["then"] if frame is not None else "continue"
    try:
        if phase == "before":
            stands_in, given = await _before(run, extension, data, seen, inner)
            phase, inner = ("instead" if stands_in else "within"), None
        if phase == "instead":
            return Result(given if await run.bypass(task, scope) else data)
        if phase in ("within", "apart"):
            result = await extended(run, task, rest, data, scope, inner, perform)
            if phase == "apart":
                return result
            given, then, phase, inner = result.data, result.then, "after", None
            scope = scope.later(workflow.time(), run.context)
        await walk(run, extension.after, given, scope.extending(given), inner)
    except Suspended as left:
        raise left.within(extension=phase, given=given, then=then) from None
    return Result(given, then)


def _first(extension: Extension, data: Json, scope: Scope) -> str:
    applies = extension.when is None or scope.test(extension.when, data)
    return "before" if applies else "apart"


async def _before(
    run: Walker, extension: Extension, data: Json, scope: Scope, frame: Frame | None
) -> tuple[bool, Json]:
    result = await walked(run, extension.before, data, scope, frame)
    return result.left, result.data
