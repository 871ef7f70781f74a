"""Accepts events, and sees to it that they arrive."""

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import timedelta

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from public_works.events import Events, Handover
from public_works.record import now
from smart_city.context import ExecutionContext, seal
from smart_city.signing import SigningKey
from symphainy.errors import Ending
from symphainy.event import checked
from symphainy.identity import Principal
from symphainy.json import Json
from temporal.addresses import run_of
from temporal.gate.request import saying
from temporal.headers import outgoing

__all__ = ["Hub", "Taken"]

log = logging.getLogger("symphainy.hub")

SIGNAL = "event"
AT_ONCE = 20
PATIENCE = timedelta(seconds=5)
LATE = timedelta(seconds=5)
"""How old a handover is that nobody is doing any more."""


class Taken(BaseModel):
    """What became of an event that was sent in."""

    model_config = ConfigDict(frozen=True)

    seq: int
    """Its place among the tenant's events."""
    new: bool
    """False if it was accepted before; then nothing else happened."""
    runs: tuple[str, ...] = ()
    """The runs that it was handed to."""


class Hub:
    """Events of tenants, on their way to runs."""

    def __init__(self, client: Client, events: Events, key: SigningKey) -> None:
        self._client = client
        self._events = events
        self._key = key

    async def accept(self, by: Principal, environment: str, envelope: Json) -> Taken:
        """Keep the event and hand it to whoever listens; the same `source` and `id` again changes
        nothing.

        Refused: event.malformed, event.too-large. What cannot be handed over at once is later.
        """
        event = checked(envelope)
        accepted = await asyncio.to_thread(
            self._events.accept, by.tenant, environment=environment, envelope=event, by=by
        )
        told = await self._hand_over(accepted.handovers)
        runs = tuple(run_of(one.target) for one in told)
        return Taken(seq=accepted.seq, new=accepted.new, runs=runs)

    async def sweep(self) -> int:
        """Hand over what was left behind by a process that died; how many runs
        were told."""
        left = await asyncio.to_thread(self._events.pending, now() - LATE)
        return len(await self._hand_over(left))

    async def forget(self, keep: timedelta) -> None:
        """Let go of events that were accepted longer ago than `keep`, and of what runs waited for
        that are over."""
        await asyncio.to_thread(self._events.forget, now() - keep)
        after = ("", "")
        while listening := await asyncio.to_thread(self._events.listeners, after):
            for tenant, workflow in listening:
                if await self._is_over(workflow):
                    await asyncio.to_thread(self._events.gone, tenant, workflow)
            after = listening[-1]

    async def _is_over(self, workflow: str) -> bool:
        try:
            found = await self._client.get_workflow_handle(workflow).describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            return error.status == RPCStatusCode.NOT_FOUND
        return found.close_time is not None

    async def _hand_over(self, handovers: Iterable[Handover]) -> list[Handover]:
        """Those that arrived."""
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(handover: Handover) -> Handover | None:
            async with at_once:
                return handover if await self._arrives(handover) else None

        return [one for one in await asyncio.gather(*map(one, handovers)) if one is not None]

    async def _arrives(self, handover: Handover) -> bool:
        try:
            await self._signal(handover)
            await asyncio.to_thread(self._events.settle, handover, "done")
            return True
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                await asyncio.to_thread(self._events.gone, handover.tenant, handover.target)
                return False
            log.warning("event %s waits for %s: %s", handover.seq, handover.target, error)
        except Ending as ending:
            log.warning("event %s waits for %s: %s", handover.seq, handover.target, ending)
        return False

    async def _signal(self, to: Handover) -> None:
        args = [to.seq, to.envelope]
        context = ExecutionContext(
            tenant=to.tenant,
            environment=to.environment,
            principal=to.by,
            solution=run_of(to.target).partition(":")[0],
            version="",
            plan="",
            workflow=to.target,
            intent=saying(SIGNAL, args),
            issued=int(time.time()),
        )
        with outgoing(seal(context, self._key)):
            handle = self._client.get_workflow_handle(to.target)
            await handle.signal(SIGNAL, args=args, rpc_timeout=PATIENCE)
