"""Tasks of a definition as tasks of a plan."""

from collections.abc import Callable, Mapping
from typing import Any

from symphainy.definition import (
    CallTask,
    DoTask,
    EmitTask,
    ForkTask,
    ForTask,
    ListenTask,
    RaiseTask,
    RunTask,
    SetTask,
    SwitchTask,
    TaskBase,
    TaskItem,
    TryTask,
    WaitTask,
)
from symphainy.plan import Case, Do, For, Fork, Raise, Set, Shape, Switch, Task, Try, Wait
from symphainy.schema import broken
from workflows.compiler.authentication import authenticates
from workflows.compiler.calls import call
from workflows.compiler.catches import catch
from workflows.compiler.context import Compilation, Place, plain
from workflows.compiler.events import emit, listen
from workflows.compiler.extensions import woven
from workflows.compiler.processes import run
from workflows.compiler.resources import parsed
from workflows.compiler.timeouts import duration, timeout

__all__ = ["common", "schema", "shape", "tasks"]

MAX_BRANCHES = 500


def tasks(
    at: Compilation, items: tuple[TaskItem, ...], variables: frozenset[str] = frozenset()
) -> tuple[Task, ...]:
    """The tasks of one list; those that cannot be planned are left out and found."""
    planned = (task(at, item, variables) for item in items)
    return tuple(one for one in planned if one is not None)


def task(at: Compilation, item: TaskItem, variables: frozenset[str]) -> Task | None:
    """The task, or None with findings that say why not."""
    given = common(at, item, variables)
    if isinstance(item.task, CallTask):
        return call(at, item, given, variables)
    return BUILD[type(item.task)](at, item, given, variables)


def common(at: Compilation, item: TaskItem, variables: frozenset[str]) -> dict[str, Any]:
    """What every task has: its name, condition, borders and where it goes on."""
    task, ref = item.task, item.pointer
    given: dict[str, Any] = {"name": item.name, "ref": ref}
    after = variables | {"authorization"} if authenticates(task) else variables
    if task.if_ is not None:
        given["if_"] = at.expression(task.if_, f"{ref}/if", variables, place="before")
    if task.input is not None:
        given["input"] = shape(at, task.input, "from", f"{ref}/input", variables, "before")
    if task.output is not None:
        given["output"] = shape(at, task.output, "as", f"{ref}/output", after, "as")
    if task.export is not None:
        given["export"] = shape(at, task.export, "as", f"{ref}/export", after, "export")
    if task.then is not None:
        given["then"] = task.then
    if task.timeout is not None:
        given["timeout"] = timeout(at, task.timeout, f"{ref}/timeout", variables)
    if item.name in at.guarded and not isinstance(item.task, CallTask):
        given["gated"] = True
    around = woven(at, item)
    if around:
        given["extended"] = around
    return given


def shape(
    at: Compilation,
    border: Any,
    member: str,
    pointer: str,
    variables: frozenset[str],
    place: Place = "definition",
) -> Shape:
    """A border of a task or of the run: its schema and what the data becomes there."""
    given: dict[str, Any] = {}
    if border.schema_ is not None:
        given["schema"] = schema(at, border.schema_, f"{pointer}/schema")
    written = getattr(border, f"{member}_")
    if written is not None:
        given["value"] = at.shaped(written, f"{pointer}/{member}", variables, place=place)
    return Shape(**given)


def schema(at: Compilation, written: Any, pointer: str) -> dict[str, Any] | None:
    """The JSON Schema, if it is one that can be used."""
    if written.format.partition(":")[0] != "json":
        message = f"the schema format {written.format!r} is not read here"
        at.find("compile.schema-format", f"{pointer}/format", message)
        return None
    place = f"{pointer}/document"
    document = plain(written.document)
    if written.resource is not None:
        place = f"{pointer}/resource/endpoint"
        content = at.resource(written.resource.endpoint, place)
        if content is None or not at.carry(content, place):
            return None
        document = parsed(at, content, place)
    if not isinstance(document, dict):
        at.find("compile.schema", place, "a JSON Schema is an object")
        return None
    wrong = broken(document)
    if wrong is not None:
        at.find("compile.schema", place, f"this is no usable JSON Schema: {wrong}")
    return document


Given = dict[str, Any]


def _set(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task:
    assert isinstance(item.task, SetTask)  # noqa: S101 - dispatched by type
    written = item.task.set
    pointer = f"{item.pointer}/set"
    if isinstance(written, str):
        return Set(**given, value=at.shaped(written, pointer, variables))
    return Set(**given, value=at.value(written, pointer, variables))


def _do(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task:
    assert isinstance(item.task, DoTask)  # noqa: S101
    return Do(**given, tasks=tasks(at, item.task.do, variables))


def _switch(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task:
    assert isinstance(item.task, SwitchTask)  # noqa: S101
    cases = []
    for i, (name, one) in enumerate(item.task.cases):
        pointer = f"{item.pointer}/switch/{i}/{name}/when"
        when = at.expression(one.when, pointer, variables)
        cases.append(Case(name=name, when=when, then=one.then))
    return Switch(**given, cases=tuple(cases))


def _for(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task:
    assert isinstance(item.task, ForTask)  # noqa: S101
    loop = item.task.for_
    inside = variables | {loop.each, loop.at}
    return For(
        **given,
        each=loop.each,
        at=loop.at,
        in_=at.shaped(loop.in_, f"{item.pointer}/for/in", variables),
        while_=at.expression(item.task.while_, f"{item.pointer}/while", inside),
        tasks=tasks(at, item.task.do, inside),
    )


def _wait(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task:
    assert isinstance(item.task, WaitTask)  # noqa: S101
    return Wait(**given, value=duration(at, item.task.wait, f"{item.pointer}/wait", variables))


def _raise(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task | None:
    assert isinstance(item.task, RaiseTask)  # noqa: S101
    error, pointer = item.task.raise_.error, f"{item.pointer}/raise/error"
    if isinstance(error, str):
        found = at.definition.use.errors.get(error)
        if found is None:
            at.find("compile.unknown-reference", pointer, f"`use.errors` has no {error!r}")
            return None
        error = found
    written = error.model_dump(exclude_none=True, exclude_unset=True, by_alias=True)
    return Raise(**given, error=at.value(written, pointer, variables))


def _try(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task:
    assert isinstance(item.task, TryTask)  # noqa: S101
    caught = item.task.catch
    inside = variables | {caught.as_}
    handled = tasks(at, caught.do, inside) if caught.do else ()
    return Try(
        **given,
        tasks=tasks(at, item.task.try_, variables),
        catch=catch(at, caught, handled, f"{item.pointer}/catch", inside),
    )


def _fork(at: Compilation, item: TaskItem, given: Given, variables: frozenset[str]) -> Task:
    assert isinstance(item.task, ForkTask)  # noqa: S101
    written, pointer = item.task.fork, f"{item.pointer}/fork/branches"
    if len(written.branches) > MAX_BRANCHES:
        message = f"{len(written.branches)} branches; {MAX_BRANCHES} are allowed"
        at.find("compile.too-many-branches", pointer, message)
    for branch in written.branches:
        if branch.task.then not in (None, "continue", "exit", "end"):
            message = "a branch of a fork leads nowhere: only continue, exit or end make sense"
            at.find("compile.then-unknown", f"{branch.pointer}/then", message)
    planned = (task(at, branch, variables) for branch in written.branches)
    branches = tuple(one for one in planned if one is not None)
    return Fork(**given, branches=branches, compete=written.compete)


Build = Callable[[Compilation, TaskItem, Given, frozenset[str]], Task | None]
BUILD: Mapping[type[TaskBase], Build] = {
    SetTask: _set,
    DoTask: _do,
    SwitchTask: _switch,
    ForTask: _for,
    ForkTask: _fork,
    WaitTask: _wait,
    RaiseTask: _raise,
    TryTask: _try,
    EmitTask: emit,
    ListenTask: listen,
    RunTask: run,
}
