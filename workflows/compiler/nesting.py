"""Which tasks of a definition hold which others."""

from collections.abc import Iterator
from typing import NamedTuple

from symphainy.definition import (
    AsyncApiCall,
    Definition,
    DoTask,
    ForkTask,
    ForTask,
    ListenTask,
    TaskItem,
    TryTask,
)

__all__ = ["List", "inside", "roots", "walk"]

Items = tuple[TaskItem, ...]


class List(NamedTuple):
    """Tasks that belong together, and as what."""

    role: str
    """`do`, `each`, `branches`, `try`, `catch`, `before` or `after`."""
    items: Items


def inside(item: TaskItem) -> tuple[List, ...]:
    """The lists that a task holds; what is never empty comes first."""
    task = item.task
    if isinstance(task, DoTask):
        return (List("do", task.do),)
    if isinstance(task, ForTask):
        return (List("each", task.do),)
    if isinstance(task, ForkTask):
        return (List("branches", task.fork.branches),)
    if isinstance(task, TryTask):
        return (List("try", task.try_), List("catch", task.catch.do or ()))
    each = None
    if isinstance(task, ListenTask):
        each = task.foreach
    elif isinstance(task, AsyncApiCall) and task.with_.subscription is not None:
        each = task.with_.subscription.foreach
    return (List("each", each.do or ()),) if each is not None else ()


def roots(definition: Definition) -> Iterator[List]:
    """The lists that no task holds: the flow itself, functions and what extensions weave in."""
    yield List("do", definition.do)
    for function in definition.use.functions.values():
        yield List("do", (function,))
    for named in definition.use.extensions:
        for extension in named.values():
            yield List("before", extension.before or ())
            yield List("after", extension.after or ())


def walk(items: Items) -> Iterator[TaskItem]:
    """Every task of `items`, parents before children."""
    open_ = [*reversed(items)]
    while open_:
        item = open_.pop()
        yield item
        for one in reversed(inside(item)):
            open_.extend(reversed(one.items))
