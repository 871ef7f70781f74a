"""Listening that nothing ends."""

from symphainy.definition import ForkTask, ListenTask, TaskItem
from workflows.compiler.context import Compilation
from workflows.compiler.nesting import inside, roots, walk

__all__ = ["check_listens"]


def check_listens(at: Compilation) -> None:
    """Find every `listen` without a timeout on it, around it, or racing with it."""
    if at.definition.timeout is not None:
        return
    for one in roots(at.definition):
        for item in one.items:
            _check(at, item)


def _check(at: Compilation, item: TaskItem) -> None:
    if item.task.timeout is not None:
        return
    if isinstance(item.task, ListenTask):
        message = f"`{item.name}` waits for ever if no event comes"
        at.find("compile.listen-timeout", item.pointer, message)
    if isinstance(item.task, ForkTask) and item.task.fork.compete:
        # The branch that does not listen ends the ones that do.
        branches = item.task.fork.branches
        if not all(any(_endless(one) for one in walk((branch,))) for branch in branches):
            return
    for one in inside(item):
        for inner in one.items:
            _check(at, inner)


def _endless(item: TaskItem) -> bool:
    return isinstance(item.task, ListenTask) and item.task.timeout is None
