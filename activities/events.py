"""Events that flows emit."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from temporal.addresses import run_of
from temporal.gate.activity import granted
from temporal.hub import Hub

__all__ = ["emit_activity"]


def emit_activity(hub: Hub) -> Callable[..., Any]:
    """The activity `event.emit`: the event is its argument, with an id that the run made once, so
    that however often it is attempted one event comes of it."""

    @activity.defn(name="event.emit")
    async def emit(wire: dict[str, Any]) -> None:
        grant = granted.get()
        origin = {"run": run_of(grant.workflow), "key": grant.key}
        await hub.accept(
            grant.principal,
            grant.environment,
            wire["with"],
            origin=origin,
            depth=grant.depth,
            cause=wire.get("cause"),
        )

    return emit
