"""Extensions: which of them are woven around which task."""

from collections.abc import Mapping
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
from symphainy.definition.definition import Extension as Written
from symphainy.plan import Extension, Task
from workflows.compiler.context import Compilation, escaped

__all__ = ["extensions", "woven"]

KINDS: Mapping[type[TaskBase], str] = {
    DoTask: "composite",
    EmitTask: "emit",
    ForTask: "for",
    ForkTask: "composite",
    ListenTask: "listen",
    RaiseTask: "raise",
    RunTask: "run",
    SetTask: "set",
    SwitchTask: "switch",
    TryTask: "try",
    WaitTask: "wait",
}
"""What each task is to an extension."""
MOST = 50
"""Extensions of one definition; a run goes through all of them around every task."""


def woven(at: Compilation, item: TaskItem) -> tuple[str, ...]:
    """The extensions around that task, outermost first; none around those of extensions."""
    if at.extending or not at.definition.use.extensions:
        return ()
    kind = "call" if isinstance(item.task, CallTask) else KINDS[type(item.task)]
    return tuple(name for name, _, one in _named(at) if one.extend in (kind, "all"))


def extensions(at: Compilation) -> dict[str, Extension]:
    """The extensions of the plan, by the names that tasks know them by."""
    count = len(at.definition.use.extensions)
    if count > MOST:
        message = f"{count} extensions; {MOST} are allowed"
        at.find("compile.too-many-tasks", "/use/extensions", message)
    at.extending = True
    try:
        return {name: _extension(at, one, pointer) for name, pointer, one in _named(at)}
    finally:
        at.extending = False


def _extension(at: Compilation, written: Written, pointer: str) -> Extension:
    # Tasks import this module.
    from workflows.compiler.tasks import tasks

    given: dict[str, Any] = {}
    if written.when is not None:
        given["when"] = at.expression(written.when, f"{pointer}/when")
    lists: dict[str, tuple[Task, ...]] = {
        side: tasks(at, items)
        for side, items in (("before", written.before), ("after", written.after))
        if items
    }
    return Extension(**given, **lists)


def _named(at: Compilation) -> list[tuple[str, str, Written]]:
    """Each extension with a name of its own and its pointer; two may be called the same."""
    found: list[tuple[str, str, Written]] = []
    for i, entry in enumerate(at.definition.use.extensions[:MOST]):
        for name, one in entry.items():
            taken = any(name == other for other, _, _ in found)
            pointer = f"/use/extensions/{i}/{escaped(name)}"
            found.append((f"{name}#{i}" if taken else name, pointer, one))
    return found
