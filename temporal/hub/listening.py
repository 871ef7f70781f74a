"""The local activities by which a run listens, and stops."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio import activity

from public_works.events import Events
from symphainy.event import Bound
from symphainy.json import Json
from temporal.gate.activity import asking

__all__ = ["listening"]


def listening(events: Events) -> list[Callable[..., Any]]:
    """The activities `gate.listen` and `gate.unlisten`, over the hub `events`.

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
            since=datetime.fromisoformat(asked["since"]),
            after=asked["after"],
            consumed=asked["had"],
        )
        given: dict[str, Json] = backlog.model_dump(mode="json")
        return given

    @activity.defn(name="gate.unlisten")
    async def unlisten(asked: dict[str, Any]) -> None:
        context = asking.get()
        await asyncio.to_thread(
            events.close,
            context.tenant,
            listener=_listener(context.workflow, asked["key"]),
            workflow=context.workflow,
            consumed=asked["had"],
        )

    return [listen, unlisten]


def _listener(workflow: str, key: str) -> str:
    """The listener's id; a key that failed and is used again begins anew, as a run of its own."""
    return hashlib.sha256(f"{workflow}|{key}".encode()).hexdigest()
