"""The local activities by which a run listens, and stops."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity

from public_works.events import Events
from public_works.record import now
from symphainy.event import Bound
from symphainy.json import Json
from temporal.gate.activity import asking

__all__ = ["listening"]


def listening(events: Events) -> list[Callable[..., Any]]:
    """The activities `gate.listen` and `gate.hush`, over the hub `events`.

    Whose run it is they take from its signed context.
    """

    @activity.defn(name="gate.listen")
    async def listen(asked: dict[str, Any]) -> dict[str, Json]:
        context = asking.get()
        backlog = await asyncio.to_thread(
            events.listen,
            context.tenant,
            listener=_listener(context.workflow, asked["key"]),
            workflow=context.workflow,
            environment=context.environment,
            step=asked["step"],
            filters=[Bound.model_validate(one) for one in asked["filters"]],
            since=_began(asked["since"], asked["age"]),
            after=asked["after"],
            taken=asked["taken"],
            closed=[_listener(context.workflow, one) for one in asked["closed"]],
        )
        given: dict[str, Json] = backlog.model_dump(mode="json")
        return given

    @activity.defn(name="gate.hush")
    async def hush(asked: list[str]) -> None:
        context = asking.get()
        listening = [_listener(context.workflow, one) for one in asked]
        await asyncio.to_thread(events.hush, context.tenant, context.workflow, listening)

    return [listen, hush]


def _began(since: float, age: float) -> datetime:
    """When the run began, by our clock: the server's may be ahead, most of all where it skips
    time."""
    return min(datetime.fromtimestamp(since, UTC), now() - timedelta(seconds=age))


def _listener(workflow: str, key: str) -> str:
    """The listener's id; keys are only told apart within a run."""
    return hashlib.sha256(f"{workflow}|{key}".encode()).hexdigest()
