"""Tasks that touch nothing outside the run: set, do, switch, for, raise."""

from temporalio import workflow

from symphainy.definition.error_types import canonical_error_type
from symphainy.json import Json
from symphainy.plan import Do, For, Raise, Set, Switch
from temporal.suspension import Suspended
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result, Walker, walk
from workflows.interpreter.scope import Scope

__all__ = ["do", "for_each", "raise_", "set_", "switch"]


def set_(task: Set, data: Json, scope: Scope) -> Result:
    """The value, filled in."""
    return Result(scope.fill(task.value, data))


async def do(run: Walker, task: Do, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """The tasks in order; those of a function begin with its arguments."""
    if task.function is not None and frame is None:
        data = scope.fill(task.arguments, data)
    return await walk(run, task.tasks, data, scope, frame)


def switch(task: Switch, data: Json, scope: Scope) -> Result:
    """Where the first case that holds, or else the default, leads."""
    for case in task.cases:
        if case.when is not None and scope.test(case.when, data):
            return Result(data, case.then)
    default = next((case for case in task.cases if case.when is None), None)
    return Result(data, default.then if default else "continue")


async def for_each(run: Walker, task: For, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """The tasks for each item; each iteration takes what the one before gave."""
    first, inner = 0, None
    if frame is not None:
        items, first, data, inner = frame["items"], frame["at"], frame["data"], frame["inner"]
    else:
        items = _items(task, data, scope)
    for at in range(first, len(items)):
        each: dict[str, Json] = {task.each: items[at], task.at: at}
        within = scope.later(workflow.time(), run.context).plus(**each)
        if inner is None and task.while_ is not None and not within.test(task.while_, data):
            break
        try:
            data = (await walk(run, task.tasks, data, within, inner)).data
        except Suspended as left:
            raise left.within(items=items, at=at, data=data) from None
        inner = None
    return Result(data)


def _items(task: For, data: Json, scope: Scope) -> list[Json]:
    items = scope.fill(task.in_, data)
    if not isinstance(items, list):
        found = type(items).__name__
        raise Fault.of("validation", f"`for.in` gave {found}, not an array", instance=task.ref)
    if len(items) > task.limit:
        detail = f"`for.in` gave {len(items)} items; {task.limit} are allowed"
        raise Fault.of("configuration", detail, instance=task.ref, code="run.too-many-items")
    return items


def raise_(task: Raise, data: Json, scope: Scope) -> Result:
    """Never returns: the author's error, with the place it was raised at."""
    problem = scope.fill(task.error, data)
    if not isinstance(problem, dict):
        raise Fault.of("configuration", "`raise.error` is not an object", instance=task.ref)
    type_ = problem.get("type")
    if isinstance(type_, str):
        problem["type"] = canonical_error_type(type_)
    raise Fault({**problem, "instance": task.ref})
