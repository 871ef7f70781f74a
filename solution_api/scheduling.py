"""Schedules that follow what is deployed, paused and retired."""

import asyncio

from public_works.definitions import Deployment, VersionRecord
from solution_api.services import Services
from temporal.schedules import Due

__all__ = ["follow", "pause", "resume", "stop"]


async def follow(services: Services, deployed: Deployment, *, paused: bool = False) -> None:
    """Let the deployment start runs by itself, if its schedule says so.

    Refused: intent.input. Unavailable: run.temporal-unreachable; deploying again is safe.
    """
    found = await asyncio.to_thread(
        services.stores.definitions.version, deployed.tenant, deployed.solution, deployed.version
    )
    if found is None:
        return
    due = Due(
        tenant=deployed.tenant,
        environment=deployed.environment,
        solution=deployed.solution,
        version=deployed.version,
        plan=found.plan_digest,
        stamp=deployed.at.isoformat(),
        paused=paused,
    )
    await services.schedules.follow(due)


async def stop(services: Services, version: VersionRecord) -> None:
    """Let nothing start by itself any more where `version` was deployed."""
    for environment in version.environments:
        await services.schedules.forget(version.tenant, version.solution, environment)


async def pause(services: Services, tenant: str, solution: str) -> None:
    """Let schedules of the solution rest, wherever it is deployed."""
    for deployed in await _deployments(services, tenant, solution):
        await follow(services, deployed, paused=True)


async def resume(services: Services, tenant: str, solution: str, by: str) -> None:
    """Let schedules of the solution go on.

    What is deployed is deployed anew: a chain of runs that the pause broke begins again, and one
    that it did not notice ends.
    """
    for deployed in await _deployments(services, tenant, solution):
        again = await asyncio.to_thread(
            services.stores.definitions.deploy,
            tenant,
            solution,
            deployed.version,
            deployed.environment,
            by,
        )
        await follow(services, again)


async def _deployments(services: Services, tenant: str, solution: str) -> list[Deployment]:
    definitions = services.stores.definitions
    found = await asyncio.to_thread(definitions.solution, tenant, solution)
    environments = found.deployed if found else {}
    every = [
        await asyncio.to_thread(definitions.deployment, tenant, solution, one)
        for one in environments
    ]
    return [one for one in every if one is not None]
