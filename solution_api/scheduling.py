"""Schedules that follow what is deployed, paused and retired."""

import asyncio

from public_works.definitions import VersionRecord
from solution_api.services import Services
from temporal.schedules import Due

__all__ = ["follow", "pause", "resume", "stop"]


TRIES = 8
"""How often what runs is looked at again, while others deploy at the same moment."""


async def follow(services: Services, tenant: str, solution: str, environment: str) -> None:
    """Let what the environment runs start runs by itself, if its schedule says so, and nothing
    else do so there; also when others deploy, pause or retire at the same moment.

    Refused: intent.input. Unavailable: run.temporal-unreachable; deploying again is safe.
    """
    before = await _due(services, tenant, solution, environment)
    for _ in range(TRIES):
        if before is None:
            await services.schedules.forget(tenant, solution, environment)
        else:
            await services.schedules.follow(before)
        # Whoever writes last has seen what they wrote: one of two at once sees the other's.
        after = await _due(services, tenant, solution, environment)
        if after == before:
            return
        before = after


async def stop(services: Services, version: VersionRecord) -> None:
    """Let nothing start by itself any more where `version`, which is retired, was deployed."""
    history = services.stores.deployments.history
    ran = await asyncio.to_thread(history, version.tenant, version.solution)
    # Not those that ran it a moment before: somebody may have deployed it since.
    for environment in sorted({one.environment for one in ran if one.version == version.version}):
        await follow(services, version.tenant, version.solution, environment)


async def pause(services: Services, tenant: str, solution: str) -> None:
    """Let schedules of the solution rest, wherever it is deployed."""
    for environment in await _environments(services, tenant, solution):
        await follow(services, tenant, solution, environment)


async def resume(services: Services, tenant: str, solution: str, by: str) -> None:
    """Let schedules of the solution go on.

    What is deployed is deployed anew: a chain of runs that the pause broke begins again, and one
    that it did not notice ends.
    """
    restart = services.stores.definitions.restart
    for environment in await _environments(services, tenant, solution):
        await asyncio.to_thread(restart, tenant, solution, environment, by)
        await follow(services, tenant, solution, environment)


async def _due(services: Services, tenant: str, solution: str, environment: str) -> Due | None:
    """What runs there, as schedules are told of it."""
    definitions = services.stores.definitions
    runs = await asyncio.to_thread(definitions.deployment, tenant, solution, environment)
    if runs is None:
        return None
    found = await asyncio.to_thread(definitions.version, tenant, solution, runs.version)
    if found is None:
        return None
    return Due(
        tenant=tenant,
        environment=environment,
        solution=solution,
        version=runs.version,
        plan=found.plan_digest,
        stamp=runs.at.isoformat(),
        paused=await asyncio.to_thread(definitions.paused, tenant, solution),
    )


async def _environments(services: Services, tenant: str, solution: str) -> list[str]:
    found = await asyncio.to_thread(services.stores.definitions.solution, tenant, solution)
    return list(found.deployed) if found else []
