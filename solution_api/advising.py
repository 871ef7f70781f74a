"""What policies that only advise have to say of a run."""

import asyncio
from typing import Any

from public_works.decisions import DecisionRecord
from solution_api.services import Services
from temporal.runs import Warned

__all__ = ["warnings"]

MOST = 100


async def warnings(services: Services, tenant: str, run: str) -> tuple[Warned, ...]:
    """By when it was, each step that a policy would not have let pass."""
    kept = await asyncio.to_thread(services.stores.decisions.list, tenant, run)
    found = (one for one in kept if isinstance(one.details, dict) and "advice" in one.details)
    return tuple(_warned(one) for one in found)[:MOST]


def _warned(one: DecisionRecord) -> Warned:
    details: Any = one.details
    said = details["advice"]
    return Warned(
        step=one.step,
        at=one.at,
        policy=f"{said['layer']}/{said['policy']}",
        outcome=said["outcome"],
        code=said["code"],
        reason=said["reason"],
    )
