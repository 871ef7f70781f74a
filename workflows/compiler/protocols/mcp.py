"""Calls of `call: mcp`."""

from typing import Any

from symphainy.definition import McpCall, TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation

__all__ = ["mcp"]


def mcp(
    at: Compilation,
    item: TaskItem,
    task: McpCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    at.not_built("`call: mcp`", f"{item.pointer}/call")
    return None
