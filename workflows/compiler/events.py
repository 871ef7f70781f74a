"""Tasks that emit events or wait for them."""

from typing import Any

from symphainy.definition import TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation

__all__ = ["emit", "listen"]


def emit(
    at: Compilation, item: TaskItem, given: dict[str, Any], variables: frozenset[str]
) -> Task | None:
    """The event to emit."""
    at.not_built("the task `emit`", item.pointer)
    return None


def listen(
    at: Compilation, item: TaskItem, given: dict[str, Any], variables: frozenset[str]
) -> Task | None:
    """Which events are waited for, and what is done with them."""
    at.not_built("the task `listen`", item.pointer)
    return None
