"""Looks from time to time at what wants a person to look."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from itertools import count

from temporalio.client import Client

from public_works import Settings, Stores
from public_works.alarms import Changed
from public_works.periodic import every
from public_works.record import now
from smart_city.alarms import alarms
from temporal.telemetry.facts import gather, limits_of

__all__ = ["alarming", "look"]

log = logging.getLogger("symphainy.alarms")

EVERY = 60.0
"""Seconds between two looks."""
FORGETTING = 30
"""Looks between two times of forgetting."""


async def look(client: Client, stores: Stores, settings: Settings) -> dict[str, Changed]:
    """Keep what alarms stand now, and tell of those that are new and those that are over."""
    limits, at = limits_of(settings), now()
    found: dict[str, Changed] = {}
    for tenant, facts in (await gather(client, stores, settings)).items():
        standing = alarms(facts, limits)
        found[tenant] = await asyncio.to_thread(
            stores.alarms.see, tenant, standing, at, settings.environment
        )
        for one in found[tenant].raised:
            told = {"tenant": tenant, "code": one.kind}
            log.warning("alarm %s is raised: %s", one.id, one.told, extra=told)
    return found


def alarming(
    client: Client, stores: Stores, settings: Settings
) -> AbstractAsyncContextManager[None]:
    """Look while the body runs. Workers and the API both do: either may be what is dead."""
    keep, looks = timedelta(days=settings.traces_keep_days), count()

    async def looking() -> None:
        await look(client, stores, settings)
        if next(looks) % FORGETTING == 0:
            await asyncio.to_thread(stores.spans.forget, now() - keep)
            await asyncio.to_thread(stores.alarms.forget, now() - keep)

    # Not at once: whoever has just been started has nothing to tell yet.
    return every(EVERY, looking, log, "nobody looks for alarms", at_once=False)
