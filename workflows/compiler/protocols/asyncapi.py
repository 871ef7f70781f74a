"""Calls of `call: asyncapi`."""

from typing import Any

from symphainy.definition import AsyncApiCall, TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation

__all__ = ["asyncapi"]


def asyncapi(
    at: Compilation,
    item: TaskItem,
    task: AsyncApiCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    at.not_built("`call: asyncapi`", f"{item.pointer}/call")
    return None
