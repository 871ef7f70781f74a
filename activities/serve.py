"""A capability as the Temporal activity that runs it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pydantic import ValidationError
from temporalio import activity

from activities.secrets import handed
from public_works.secrets import Vault
from smart_city.grant import Grant
from symphainy.capability import Call, Capability
from symphainy.errors import Refused
from symphainy.json import Json
from temporal.addresses import run_of
from temporal.gate.activity import granted

__all__ = ["activity_of", "beating", "call_of"]

BEAT = 3.0
"""Seconds between heartbeats; a worker that dies is noticed after three are missing."""


def activity_of(
    capability: Capability[Any, Any], services: Mapping[type, Any]
) -> Callable[..., Any]:
    """The activity of type `realm.capability:major`; `services` is what `Call.service` gives."""

    @activity.defn(name=capability.spec.address)
    async def serve(wire: dict[str, Any]) -> Json:
        grant = granted.get()
        async with handed(wire, services.get(Vault)) as step, beating():
            takes = _takes(capability, step.arguments)
            gives = await capability(call_of(grant, services), takes)
            return step.mask.value(gives.model_dump(mode="json"))

    return serve


def call_of(grant: Grant, services: Mapping[type, Any]) -> Call:
    """Who asks, as the grant says; nothing of it is taken from the arguments."""
    return Call(
        tenant=grant.tenant,
        principal=grant.principal.id,
        environment=grant.environment,
        solution=grant.solution,
        run=run_of(grant.workflow),
        step=grant.step,
        key=f"{grant.workflow}|{grant.intent}|{grant.key}",
        services=services,
    )


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Tell Temporal, while the body runs, that this worker is alive."""

    async def beat() -> None:
        # A step that is done sooner costs the server no heartbeat at all.
        while True:
            await asyncio.sleep(BEAT)
            activity.heartbeat()

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()


def _takes(capability: Capability[Any, Any], arguments: Any) -> Any:
    try:
        return capability.takes.model_validate(arguments if arguments is not None else {})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise Refused(
            "capability.input",
            f"`with{pointer.replace('/', '.')}` of {capability.spec.name}: {first['msg']}",
            pointer=pointer,
        ) from error
