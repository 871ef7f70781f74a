"""Listening for what no provider tells."""

from collections.abc import Iterator

from symphainy import expr
from symphainy.definition import ListenTask
from symphainy.definition.events import EventFilter, EventStrategy
from symphainy.delivery import EVENTS
from symphainy.event import DELIVERY, delivery_type, may_be
from workflows.compiler.context import Compilation, nearest
from workflows.compiler.nesting import roots, walk

__all__ = ["check_told"]

NAMES = {delivery_type(one): one for one in EVENTS}


def check_told(at: Compilation) -> None:
    """Find every `listen` for what becomes of a message that never becomes of any."""
    told = _told(at)
    for root in roots(at.definition):
        for item in walk(root.items):
            if not isinstance(item.task, ListenTask):
                continue
            for pointer, type_ in _types(item.task.listen.to, f"{item.pointer}/listen/to"):
                _check(at, pointer, type_, told)


def _check(at: Compilation, pointer: str, type: str, told: frozenset[str] | None) -> None:
    meant = {name for name in NAMES if may_be(type, name)}
    if not meant:
        message = f"nothing is ever told of a message as {type!r}; {nearest(type, NAMES)}"
        at.find("compile.event-unknown", pointer, message)
    elif told is not None and not meant & told:
        names = sorted(one.removeprefix(DELIVERY).removesuffix(".v1") for one in told)
        message = "no experience here goes by an adapter that tells it"
        message += f"; theirs tell: {', '.join(names)}" if names else "; theirs tell nothing"
        at.find("compile.event-untold", pointer, message)


def _told(at: Compilation) -> frozenset[str] | None:
    """The types of events that the adapters of the solution tell; None if one does not say."""
    told: set[str] = set()
    for one in at.experiences.values():
        spec = at.catalog.adapter(one.channel, one.adapter)
        if spec is None or (spec.tells is None and spec.receives):
            return None
        told |= {delivery_type(event) for event in spec.tells or ()}
    return frozenset(told)


def _types(strategy: EventStrategy, pointer: str) -> Iterator[tuple[str, str]]:
    """The types of deliveries' events that it filters on, with their places."""
    listed = [("one", strategy.one)] if strategy.one is not None else []
    for mode in ("any", "all"):
        several: tuple[EventFilter, ...] = getattr(strategy, mode) or ()
        listed += [(f"{mode}/{i}", one) for i, one in enumerate(several)]
    for place, one in listed:
        type_ = one.with_.attributes.get("type")
        if not isinstance(type_, str) or expr.is_runtime_expression(type_):
            continue
        if type_.startswith(DELIVERY):
            yield f"{pointer}/{place}/with/type", type_
    if isinstance(strategy.until, EventStrategy):
        yield from _types(strategy.until, f"{pointer}/until")
