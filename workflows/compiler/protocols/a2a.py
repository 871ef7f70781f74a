"""Calls of `call: a2a`."""

from typing import Any

from symphainy.definition import A2aCall, TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation

__all__ = ["a2a"]


def a2a(
    at: Compilation,
    item: TaskItem,
    task: A2aCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    at.not_built("`call: a2a`", f"{item.pointer}/call")
    return None
