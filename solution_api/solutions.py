"""Solutions and versions as addresses name them."""

import asyncio

from public_works.definitions import SolutionRecord, VersionRecord
from smart_city.lifecycle import Rules
from solution_api.services import Services
from symphainy.errors import Refused
from symphainy.plan import Plan

__all__ = ["plan_of", "rules", "solution", "version"]


def rules(services: Services, tenant: str) -> Rules:
    """What this installation asks of a tenant's versions before they run."""
    settings = services.settings
    # Whoever has the folder of an embedded platform has one tenant, not those of others.
    owners = settings.sole_owners if tenant == settings.tenant else ()
    return Rules(
        order=settings.environments,
        free=frozenset(settings.approval_free),
        promoted=frozenset(settings.promoted_environments),
        owners=frozenset(owners),
        needed=settings.approvals_needed,
        life=settings.approval_life,
    )


async def solution(services: Services, tenant: str, name: str) -> SolutionRecord:
    """That solution. Refused solution.missing."""
    found = await asyncio.to_thread(services.stores.definitions.solution, tenant, name)
    if found is None:
        raise Refused("solution.missing", f"There is no solution {name[:80]!r}.")
    return found


async def version(services: Services, tenant: str, name: str, number: str) -> VersionRecord:
    """That version. Refused: solution.missing, solution.version-missing."""
    found = await asyncio.to_thread(services.stores.definitions.version, tenant, name, number)
    if found is None:
        await solution(services, tenant, name)
        message = f"{name} has no version {number[:80]!r}."
        raise Refused("solution.version-missing", message)
    return found


async def plan_of(services: Services, record: VersionRecord) -> Plan:
    """What the version compiles to."""
    return await asyncio.to_thread(services.plans.get, record.plan_digest)
