"""The twelve kinds of task."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from symphainy.definition.data import Export, Input, Output
from symphainy.definition.duration import Duration
from symphainy.definition.events import EmittedEvent, Strategy
from symphainy.definition.faults import Error, ErrorFilter, RetryPolicy, Timeout
from symphainy.definition.item import TaskList
from symphainy.definition.model import (
    LIST,
    TEXT,
    Items,
    Maybe,
    Model,
    Object,
    OrText,
    Values,
    shape,
)
from symphainy.definition.processes import Process
from symphainy.definition.subscription import SubscriptionIterator

__all__ = [
    "Catch",
    "DoTask",
    "Emission",
    "EmitTask",
    "ForTask",
    "Fork",
    "ForkTask",
    "ListenTask",
    "Listening",
    "Loop",
    "Raise",
    "RaiseTask",
    "RunTask",
    "SetTask",
    "SwitchCase",
    "SwitchTask",
    "TaskBase",
    "TryTask",
    "WaitTask",
]


class TaskBase(Model):
    """What any task may have."""

    if_: Maybe[str] = None
    input: Maybe[Input] = None
    output: Maybe[Output] = None
    export: Maybe[Export] = None
    timeout: Maybe[OrText[Timeout]] = None
    then: Maybe[str] = None
    """`continue` (when absent), `exit`, `end`, or the name of a task of the same list."""
    metadata: Object = Field(default_factory=dict)


class DoTask(TaskBase):
    """Tasks in sequence."""

    do: TaskList


class EventToEmit(Model):
    lenient: ClassVar[bool] = True

    with_: EmittedEvent


class Emission(Model):
    event: EventToEmit


class EmitTask(TaskBase):
    """Emits an event."""

    emit: Emission


class Loop(Model):
    """What to go through, and under which names."""

    each: str = "item"
    in_: Annotated[
        Annotated[str, Tag(TEXT)] | Annotated[Items[Object], Tag(LIST)],
        Discriminator(shape),
    ]
    at: str = "index"


class ForTask(TaskBase):
    """Tasks once for each item."""

    for_: Loop
    while_: Maybe[str] = None
    do: TaskList


class Fork(Model):
    branches: TaskList
    compete: bool = False


class ForkTask(TaskBase):
    """Tasks side by side."""

    fork: Fork


class Listening(Model):
    to: Strategy
    read: Literal["data", "envelope", "raw"] = "data"


class ListenTask(TaskBase):
    """Waits for events."""

    listen: Listening
    foreach: Maybe[SubscriptionIterator] = None


class Raise(Model):
    error: OrText[Error]


class RaiseTask(TaskBase):
    """Raises an error."""

    raise_: Raise


class RunTask(TaskBase):
    """Runs a process or another workflow."""

    run: Process


class SetTask(TaskBase):
    """Replaces the data."""

    set: OrText[Annotated[Object, Field(min_length=1)]]


class SwitchCase(Model):
    """Where to go, and when; without `when` it is the default case."""

    when: Maybe[str] = None
    then: str


Case = Annotated[Values[SwitchCase], Field(min_length=1, max_length=1)]


def _cases(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    if not cases:
        raise PydanticCustomError("schema.value", "must not be empty")
    defaults = [name for case in cases for name, one in case.items() if one.when is None]
    if len(defaults) > 1:
        names = " and ".join(f"`{name[:40]}`" for name in defaults[:2])
        raise PydanticCustomError(
            "task.default-cases", "has more than one case without `when`: {names}", {"names": names}
        )
    return cases


class SwitchTask(TaskBase):
    """Goes where the first case that holds says."""

    switch: Annotated[Items[Case], AfterValidator(_cases)]

    @property
    def cases(self) -> tuple[tuple[str, SwitchCase], ...]:
        """The cases with their names, in order."""
        return tuple(pair for case in self.switch for pair in case.items())


class CaughtErrors(Model):
    lenient: ClassVar[bool] = True

    with_: Maybe[ErrorFilter] = None


class Catch(Model):
    """Which errors are caught, and what is done about them."""

    errors: Maybe[CaughtErrors] = None
    as_: str = "error"
    when: Maybe[str] = None
    except_when: Maybe[str] = None
    retry: Maybe[OrText[RetryPolicy]] = None
    do: Maybe[TaskList] = None
    then: Maybe[str] = None


class TryTask(TaskBase):
    """Tasks whose errors are caught."""

    try_: TaskList
    catch: Catch


class WaitTask(TaskBase):
    """Waits for some time."""

    wait: Duration
