"""The activities `call.grpc`, `call.asyncapi`, `call.a2a` and `call.mcp`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any

from temporalio import activity

from activities.delivery.deliver import delivery_id
from activities.remote.asked import Asked
from activities.secrets import authorized, handed
from activities.serve import beating
from public_works.authorization import Authorizer
from public_works.egress import Egress
from public_works.secrets import Vault
from symphainy.json import Json
from symphainy.plan import Remote
from temporal.gate.activity import granted
from temporal.plans import Plans

__all__ = ["remote_activities"]

# Read at the first call: grpcio takes 0.13 s to import, nats-py and aiomqtt 0.14 s each, a2a-sdk
# 0.26 s and mcp 1.3 s, and most workers are never asked for any of them.
MODULES: Mapping[str, str] = {
    "call.grpc": "activities.remote.grpc",
    "call.asyncapi": "activities.remote.asyncapi",
    "call.a2a": "activities.remote.a2a",
    "call.mcp": "activities.remote.mcp",
}


def remote_activities(
    egress: Egress, plans: Plans, authorizer: Authorizer, vault: Vault
) -> list[Callable[..., Any]]:
    """One activity for each protocol."""
    return [_activity(name, egress, plans, authorizer, vault) for name in MODULES]


def _activity(
    name: str, egress: Egress, plans: Plans, authorizer: Authorizer, vault: Vault
) -> Callable[..., Any]:
    @activity.defn(name=name)
    async def call(wire: dict[str, Any]) -> Json:
        grant = granted.get()
        task = plans.get(grant.plan).task(grant.step)
        resource = task.resource if isinstance(task, Remote) else None
        async with handed(wire, vault) as step, beating():
            module = await asyncio.to_thread(import_module, MODULES[name])
            found = await authorized(step, authorizer)
            headers = {"authorization": found.header} if found else {}
            key, policy = delivery_id(grant), step.authentication
            asked = Asked(step.arguments, resource, key, egress, headers, policy)
            performed: Callable[[Asked], Awaitable[Json]] = module.call
            return step.mask.value(await performed(asked))

    return call
