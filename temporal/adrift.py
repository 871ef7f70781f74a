"""Deliveries whose run ended while an attempt was on the wire: nobody else would ever say that what
became of them is unknown."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.ledger import DeliveryRecord
from public_works.periodic import every
from public_works.record import now
from symphainy.errors import Refused

__all__ = ["drifting", "settle"]

log = logging.getLogger("symphainy.deliveries")

EVERY = 600.0
"""Seconds between two looks."""
LONG = timedelta(minutes=30)
"""No attempt is on the wire for longer."""
PATIENCE = timedelta(seconds=5)


async def settle(client: Client, stores: Stores, before: datetime) -> int:
    """Say of what has been in flight since before then, in runs that are over, that it is unknown;
    how many there were."""
    settled, after = 0, ("", "")
    while found := await asyncio.to_thread(stores.correlation.adrift, before, after):
        for one in found:
            if await _is_over(client, one):
                settled += await asyncio.to_thread(_doubt, stores, one)
        after = (found[-1].tenant, found[-1].id)
    return settled


def drifting(client: Client, stores: Stores) -> AbstractAsyncContextManager[None]:
    """Settle what is adrift while the body runs."""

    async def look() -> None:
        await settle(client, stores, now() - LONG)

    failing = "deliveries of runs that are over are not looked for"
    return every(EVERY, look, log, failing)


async def _is_over(client: Client, one: DeliveryRecord) -> bool:
    solution, _, key = one.run.partition(":")
    handle = client.get_workflow_handle(f"{one.tenant}/{solution}/{key}")
    try:
        found = await handle.describe(rpc_timeout=PATIENCE)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return True
        raise
    return found.close_time is not None


def _doubt(stores: Stores, one: DeliveryRecord) -> bool:
    reason = "its run ended while an attempt was on the wire"
    try:
        stores.ledger.move(one.tenant, one.id, "unknown", reason=reason)
    except Refused:
        # Settled meanwhile.
        return False
    return True
