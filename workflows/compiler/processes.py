"""The task run: another solution, or a process that a pool of the client offers."""

from typing import Any

from symphainy.definition import TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation

__all__ = ["run"]


def run(
    at: Compilation, item: TaskItem, given: dict[str, Any], variables: frozenset[str]
) -> Task | None:
    """The run task."""
    at.not_built("the task `run`", item.pointer)
    return None
