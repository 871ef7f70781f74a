"""Tasks that emit events or wait for them."""

import re
from collections.abc import Mapping
from typing import Any

from symphainy import expr
from symphainy.definition import EmitTask, ListenTask, TaskItem
from symphainy.definition.events import EventFilter, EventStrategy
from symphainy.definition.subscription import SubscriptionIterator
from symphainy.json import Json
from symphainy.plan import Correlation, Each, Emit, Filter, Listen, Task, Until
from workflows.compiler.context import Compilation, Place, escaped, plain

__all__ = ["each", "emit", "filters", "listen", "mode_of"]

NAME = re.compile(r"[a-z0-9]{1,40}")


def emit(
    at: Compilation, item: TaskItem, given: dict[str, Any], variables: frozenset[str]
) -> Task | None:
    """The event to emit."""
    assert isinstance(item.task, EmitTask)  # noqa: S101 - dispatched by type
    written = plain(item.task.emit.event.with_.attributes)
    pointer = f"{item.pointer}/emit/event/with"
    _check_names(at, written, pointer)
    event = at.value(written, pointer, variables)
    return Emit(**given, event=event)


def listen(
    at: Compilation, item: TaskItem, given: dict[str, Any], variables: frozenset[str]
) -> Task | None:
    """Which events are waited for, and what is done with them."""
    assert isinstance(item.task, ListenTask)  # noqa: S101 - dispatched by type
    written = item.task.listen
    pointer = f"{item.pointer}/listen/to"
    planned: dict[str, Any] = {
        "mode": mode_of(written.to),
        "filters": filters(at, written.to, pointer, variables),
    }
    if written.to.until is not None:
        planned["until"] = _until(at, written.to.until, f"{pointer}/until", variables)
    if written.read != "data":
        planned["read"] = written.read
    if item.task.foreach is not None:
        planned["each"] = each(at, item.task.foreach, f"{item.pointer}/foreach", variables)
    return Listen(**given, **planned)


def mode_of(strategy: EventStrategy) -> str:
    """Whether one, any or all of the filters have to be met."""
    return next(one for one in ("one", "any", "all") if getattr(strategy, one) is not None)


def filters(
    at: Compilation,
    strategy: EventStrategy,
    pointer: str,
    variables: frozenset[str],
    place: Place = "definition",
) -> tuple[Filter, ...]:
    """The filters of a strategy."""
    if strategy.one is not None:
        return (_filter(at, strategy.one, f"{pointer}/one", variables, place),)
    mode = mode_of(strategy)
    listed: tuple[EventFilter, ...] = getattr(strategy, mode)
    return tuple(
        _filter(at, one, f"{pointer}/{mode}/{i}", variables, place) for i, one in enumerate(listed)
    )


def _filter(
    at: Compilation, written: EventFilter, pointer: str, granted: frozenset[str], where: Place
) -> Filter:
    attributes = plain(written.with_.attributes)
    _check_names(at, attributes, f"{pointer}/with")
    given: dict[str, Any] = {"with_": {}}
    for name, value in attributes.items():
        given["with_"][name] = at.value(
            value, f"{pointer}/with/{escaped(name)}", granted, place=where
        )
    links = {}
    for name, one in written.correlate.items():
        place = f"{pointer}/correlate/{escaped(name)}"
        link: dict[str, Any] = {
            "from_": at.expression(one.from_, f"{place}/from", granted, place=where)
        }
        if one.expect is not None:
            link["expect"] = at.value(one.expect, f"{place}/expect", granted, place=where)
        links[name] = Correlation(**link)
    if links:
        given["correlate"] = links
    return Filter(**given)


def _until(
    at: Compilation, written: str | EventStrategy, pointer: str, variables: frozenset[str]
) -> str | Until | None:
    if isinstance(written, str):
        return at.expression(written, pointer, variables)
    return Until(mode=mode_of(written), filters=filters(at, written, pointer, variables))


def each(
    at: Compilation, written: SubscriptionIterator, pointer: str, variables: frozenset[str]
) -> Each:
    """What is done for each event or message."""
    # Tasks hold listens and listens hold tasks.
    from workflows.compiler.tasks import shape, tasks

    inside = variables | {written.item, written.at}
    given: dict[str, Any] = {"item": written.item, "at": written.at}
    if written.do is not None:
        given["tasks"] = tasks(at, written.do, inside)
    if written.output is not None:
        given["output"] = shape(at, written.output, "as", f"{pointer}/output", inside, "as")
    if written.export is not None:
        given["export"] = shape(at, written.export, "as", f"{pointer}/export", inside, "export")
    return Each(**given)


def _check_names(at: Compilation, attributes: Mapping[str, Json], pointer: str) -> None:
    for name in attributes:
        if not NAME.fullmatch(name):
            message = f"CloudEvents has no attribute {name[:40]!r}: names are of a-z and 0-9"
            at.find("compile.event-attribute", f"{pointer}/{escaped(name)}", message)
        elif name in ("specversion", "data_base64") or (
            name == "type" and not _is_text(attributes[name])
        ):
            message = f"`{name}` cannot be set like this"
            at.find("compile.event-attribute", f"{pointer}/{escaped(name)}", message)


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(expr.strip(value))
