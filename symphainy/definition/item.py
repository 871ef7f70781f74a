"""A named task in its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from symphainy.definition.kinds import Task

__all__ = ["TaskItem", "TaskList", "TaskTable"]


@dataclass(frozen=True, slots=True)
class TaskItem:
    """A task with its name and its JSON pointer, such as `/do/0/remind`."""

    name: str
    task: "Task"
    pointer: str


class _Read:
    """Tasks come to a model already read: `reader` goes from the inside out."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(self.kind)


TaskList = Annotated[tuple[TaskItem, ...], _Read(tuple)]
TaskTable = Annotated[Mapping[str, TaskItem], _Read(dict)]
