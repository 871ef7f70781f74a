"""Which tasks of a definition hold which others."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from symphainy.definition import (
    AsyncApiCall,
    Definition,
    DoTask,
    ForkTask,
    ForTask,
    ListenTask,
    SubscriptionIterator,
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
    # Most tasks hold none, and every check asks.
    holds = HOLDS.get(type(item.task))
    return holds(item.task) if holds is not None else ()


def _iterated(each: SubscriptionIterator | None) -> tuple[List, ...]:
    return (List("each", each.do or ()),) if each is not None else ()


def _consumed(task: AsyncApiCall) -> tuple[List, ...]:
    subscription = task.with_.subscription
    return _iterated(subscription.foreach) if subscription is not None else ()


HOLDS: Mapping[type, Callable[[Any], tuple[List, ...]]] = {
    DoTask: lambda task: (List("do", task.do),),
    ForTask: lambda task: (List("each", task.do),),
    ForkTask: lambda task: (List("branches", task.fork.branches),),
    TryTask: lambda task: (List("try", task.try_), List("catch", task.catch.do or ())),
    ListenTask: lambda task: _iterated(task.foreach),
    AsyncApiCall: _consumed,
}


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
