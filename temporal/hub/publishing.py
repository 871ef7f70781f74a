"""The local activity by which a run tells the world about itself."""

import logging
from collections.abc import Callable
from typing import Any

from temporalio import activity

from symphainy.errors import Refused
from symphainy.json import Json
from temporal.addresses import run_of
from temporal.gate.activity import asking
from temporal.hub.hub import Hub

__all__ = ["publishing"]

log = logging.getLogger("symphainy.hub")


def publishing(hub: Hub) -> Callable[..., Any]:
    """The activity `gate.publish`; an event that was published before changes nothing."""

    @activity.defn(name="gate.publish")
    async def publish(told: list[dict[str, Json]], cause: int | None = None) -> None:
        context = asking.get()
        origin = {"run": run_of(context.workflow)}
        for envelope in told:
            try:
                await hub.accept(
                    context.principal,
                    context.environment,
                    envelope,
                    origin=origin,
                    depth=context.depth,
                    cause=cause,
                )
            except Refused as refused:
                # A run does not end because nobody can be told of it.
                log.warning("a lifecycle event of %s is left out: %s", context.workflow, refused)

    return publish
