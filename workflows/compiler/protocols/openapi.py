"""Calls of `call: openapi`."""

from typing import Any

from symphainy.definition import OpenApiCall, TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation

__all__ = ["openapi"]


def openapi(
    at: Compilation,
    item: TaskItem,
    task: OpenApiCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    at.not_built("`call: openapi`", f"{item.pointer}/call")
    return None
