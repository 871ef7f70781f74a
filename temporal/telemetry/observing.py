"""What is not counted as it happens but looked up when somebody asks: how things stand."""

import asyncio
from datetime import datetime
from typing import get_args

from temporalio.client import Client
from temporalio.service import RPCError

from public_works import Settings, Stores
from smart_city.alarms import Kind
from temporal.telemetry.facts import standing, tenants

__all__ = ["observe"]

STATUSES = ("Running", "Completed", "Failed", "Canceled", "Terminated", "TimedOut")
KINDS: tuple[Kind, ...] = get_args(Kind)


async def observe(client: Client, stores: Stores, settings: Settings, now: datetime) -> None:
    """Put how things stand into the meters, all tenants together."""
    await asyncio.gather(_runs(client, stores), asyncio.to_thread(_kept, stores, settings, now))


async def _runs(client: Client, stores: Stores) -> None:
    for status in STATUSES:
        try:
            counted = await client.count_workflows(f"ExecutionStatus = '{status}'")
        except RPCError:
            # What is not known is not told as if it were nothing.
            stores.telemetry.meters.runs.clear()
            return
        stores.telemetry.meters.runs.labels(status.lower()).set(counted.count)


def _kept(stores: Stores, settings: Settings, now: datetime) -> None:
    meters = stores.telemetry.meters
    pending = unknown = 0
    oldest = unsealed = now
    raised = dict.fromkeys(KINDS, 0)
    for tenant in tenants(stores, settings):
        known = standing(stores, tenant)
        pending += known.approvals.many
        unknown += known.unknown
        oldest = min(oldest, known.approvals.oldest or now)
        unsealed = min(unsealed, known.unsealed or now)
        for one in stores.alarms.list(tenant, limit=200):
            raised[one.kind] += 1
    meters.approvals.set(pending)
    meters.oldest.set((now - oldest).total_seconds())
    meters.unknown.set(unknown)
    meters.checkpoint.set((now - unsealed).total_seconds())
    meters.handovers.set(len(stores.events.pending(now)))
    waiting, since = stores.posts.waiting()
    meters.waiting.set(waiting)
    meters.waited.set((now - (since or now)).total_seconds())
    for way, many in stores.letters.count().items():
        meters.letters.labels(way).set(many)
    for kind, many in raised.items():
        meters.alarms.labels(kind).set(many)
