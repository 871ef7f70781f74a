"""Calls of `call: grpc`."""

from typing import Any

from symphainy.definition import GrpcCall, TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation

__all__ = ["grpc"]


def grpc(
    at: Compilation,
    item: TaskItem,
    task: GrpcCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    at.not_built("`call: grpc`", f"{item.pointer}/call")
    return None
