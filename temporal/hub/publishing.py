"""The local activity by which a run tells the world about itself."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from symphainy.json import Json
from temporal.gate.activity import asking
from temporal.hub.hub import Hub

__all__ = ["publishing"]


def publishing(hub: Hub) -> Callable[..., Any]:
    """The activity `gate.publish`; an event that was published before changes nothing."""

    @activity.defn(name="gate.publish")
    async def publish(told: list[dict[str, Json]]) -> None:
        context = asking.get()
        for envelope in told:
            await hub.accept(context.principal, context.environment, envelope)

    return publish
