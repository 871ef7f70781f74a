"""Tasks that hold others or decide where the flow goes, and the union of all kinds."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from symphainy.json import Json
from symphainy.plan.calls import Call, Emit, Http, Remote, Run
from symphainy.plan.node import Case, Node, Retry, Shape, TaskNode

__all__ = [
    "Catch",
    "Correlation",
    "Do",
    "Each",
    "Extension",
    "Filter",
    "For",
    "Fork",
    "Listen",
    "Raise",
    "Set",
    "Switch",
    "Task",
    "Try",
    "Until",
    "Wait",
    "walk",
]


class Set(TaskNode):
    """Replaces the data."""

    kind: Literal["set"] = "set"
    value: Json


class Do(TaskNode):
    """Tasks in order."""

    kind: Literal["do"] = "do"
    tasks: tuple["Task", ...]
    function: str | None = None
    """The function that the tasks are; they begin with `arguments` instead of the data."""
    arguments: Json = None


class Switch(TaskNode):
    """Chooses where to go on."""

    kind: Literal["switch"] = "switch"
    cases: tuple[Case, ...]


class For(TaskNode):
    """Tasks for each item; what one iteration gives, the next one takes."""

    kind: Literal["for"] = "for"
    each: str = "item"
    at: str = "index"
    in_: Json
    while_: str | None = None
    tasks: tuple["Task", ...]
    limit: int = 10_000


class Fork(TaskNode):
    """Tasks side by side: all of them in order, or only the one that is first."""

    kind: Literal["fork"] = "fork"
    branches: tuple["Task", ...]
    compete: bool = False


class Wait(TaskNode):
    """A durable pause; `value` is milliseconds or an expression giving an ISO 8601 duration."""

    kind: Literal["wait"] = "wait"
    value: int | str


class Raise(TaskNode):
    """An error of the author's own (RFC 9457 members, with expressions)."""

    kind: Literal["raise"] = "raise"
    error: dict[str, Json]


class Catch(Node):
    """Which errors are caught, and what is done then."""

    with_: dict[str, Json] = Field(default_factory=dict)
    as_: str = "error"
    when: str | None = None
    except_when: str | None = None
    retry: Retry | None = None
    tasks: tuple["Task", ...] = ()
    then: str = "continue"


class Try(TaskNode):
    """Tasks whose errors are caught."""

    kind: Literal["try"] = "try"
    tasks: tuple["Task", ...]
    catch: Catch


class Correlation(Node):
    """What ties events to each other, or to this run."""

    from_: str
    """Expression on the event, giving the value that correlates."""
    expect: Json = None
    """What the value has to be, with expressions; None takes the first event's value."""


class Filter(Node):
    """Which events are meant."""

    with_: dict[str, Json] = Field(default_factory=dict)
    """By CloudEvents attribute (and `data`): what it has to be."""
    correlate: dict[str, Correlation] = Field(default_factory=dict)


class Until(Node):
    """Which events end a listening; they are not part of what it gives."""

    mode: Literal["one", "any", "all"]
    filters: tuple[Filter, ...] = ()


class Each(Node):
    """What is done for each event, first come, first served."""

    item: str = "item"
    at: str = "index"
    tasks: tuple["Task", ...] = ()
    output: Shape | None = None
    export: Shape | None = None


class Listen(TaskNode):
    """Waits for events."""

    kind: Literal["listen"] = "listen"
    mode: Literal["one", "any", "all"]
    filters: tuple[Filter, ...] = ()
    """None of them means every event (`any: []`)."""
    until: str | Until | None = None
    read: Literal["data", "envelope", "raw"] = "data"
    each: Each | None = None


Task = Annotated[
    Set
    | Do
    | Switch
    | For
    | Fork
    | Wait
    | Raise
    | Try
    | Listen
    | Emit
    | Run
    | Call
    | Http
    | Remote,
    Field(discriminator="kind"),
]


class Extension(Node):
    """Tasks woven around tasks of a kind."""

    when: str | None = None
    before: tuple[Task, ...] = ()
    after: tuple[Task, ...] = ()


for _holder in (Do, For, Fork, Catch, Try, Each, Listen, Remote):
    _holder.model_rebuild()


def walk(tasks: tuple[Task, ...]) -> Iterator[Task]:
    """Every task of `tasks`, parents before children."""
    for task in tasks:
        yield task
        for inner in inside(task):
            yield from walk(inner)


def inside(task: Task) -> Iterator[tuple[Task, ...]]:
    """The lists of tasks that `task` holds."""
    if isinstance(task, Do | For | Try):
        yield task.tasks
    if isinstance(task, Try):
        yield task.catch.tasks
    if isinstance(task, Fork):
        yield task.branches
    if isinstance(task, Listen | Remote) and task.each is not None:
        yield task.each.tasks
