"""What layers say, read from the store and put together."""

import asyncio
from collections.abc import Mapping
from typing import Any

from public_works.policies import PLATFORM, PolicySet
from smart_city.bundle import Bundle
from smart_city.layers import Layers, effective, problems
from smart_city.verdict import Layer
from solution_api.services import Services
from symphainy.findings import Invalid, finding
from symphainy.plan import Plan

__all__ = ["checked", "governing", "newest"]


async def newest(services: Services, tenant: str, layer: Layer) -> PolicySet | None:
    """What a layer says now; None where it never said anything."""
    home = PLATFORM if layer == "platform" else tenant
    return await asyncio.to_thread(services.stores.policies.newest, home)


async def governing(services: Services, tenant: str, plan: Plan) -> Bundle:
    """The policies of every layer that hold for runs of `plan` now."""
    layers: Layers = {
        "platform": _policies(await newest(services, tenant, "platform")),
        "tenant": _policies(await newest(services, tenant, "tenant")),
        "solution": plan.policies,
    }
    return await asyncio.to_thread(effective, layers)


def checked(layer: Layer, policies: Mapping[str, Any]) -> None:
    """Return if a layer may say this; Invalid with a finding for each thing wrong with it."""
    found = [
        finding(one.code, one.message, pointer=f"/policies{one.place}", fix=one.fix)
        for one in problems(layer, policies)
    ]
    if found:
        raise Invalid(found)


def _policies(kept: PolicySet | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = kept.written.get("policies", {}) if kept else {}
    return found
