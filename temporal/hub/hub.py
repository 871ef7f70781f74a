"""Accepts events, and sees to it that they arrive."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.events import Accepted, Handover, Proof, Start, Untold
from public_works.record import now
from smart_city.context import ExecutionContext, seal
from smart_city.signing import SigningKey
from symphainy.errors import Ending, Refused, Unavailable
from symphainy.event import PLATFORM, RUN, Envelope, checked, identity, is_reserved
from symphainy.identity import Principal
from symphainy.intent import Intent, Submission
from symphainy.json import Json
from temporal.addresses import run_of
from temporal.children import DEEPEST
from temporal.gate.request import saying
from temporal.headers import outgoing
from temporal.hub.triggers import STARTS, starts_of, triggers
from temporal.plans import Plans

__all__ = ["Hub", "Taken"]

log = logging.getLogger("symphainy.hub")

SIGNAL = "event"
AT_ONCE = 20
PATIENCE = timedelta(seconds=5)
LATE = timedelta(seconds=5)
"""How old a handover is that nobody is doing any more."""
TRIES = 150
"""How often an event is tried to be handed to a run: for about a day."""
FEW = 12
"""How often, where Temporal says no instead of nothing: for about an hour."""
FINAL = frozenset(
    {
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.PERMISSION_DENIED,
        RPCStatusCode.OUT_OF_RANGE,
        RPCStatusCode.UNIMPLEMENTED,
    }
)


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

    def __init__(
        self,
        client: Client,
        stores: Stores,
        plans: Plans,
        key: SigningKey,
        submit: Callable[[Intent], Awaitable[Submission]],
    ) -> None:
        self._client = client
        self._stores = stores
        self._events = stores.events
        self._plans = plans
        self._key = key
        self._submit = submit

    async def accept(
        self,
        by: Principal,
        environment: str,
        envelope: Json,
        *,
        only: str | None = None,
        origin: dict[str, str] | None = None,
        proof: Proof | None = None,
        depth: int = 0,
        cause: int | None = None,
    ) -> Taken:
        """Keep the event and hand it to whoever listens; the same `source` and `id` again changes
        nothing. `only` the run of that workflow id gets it, if one is named; `origin`
        is the `run` and the step instance (`key`) that emitted it, `depth` how many runs led to it,
        `cause` the place of the event because of which it is told. `proof` is kept with it.

        Refused: event.malformed, event.too-large, event.reserved for what only the platform may
        tell, event.loop, source.replayed. What cannot be handed over at once is later.
        """
        event = _addressed(checked(envelope), only)
        accepted = await asyncio.to_thread(
            self._accept, by, environment, event, only is None, origin, proof, depth, cause
        )
        runs = tuple(await self._hand_over(accepted.handovers))
        return Taken(seq=accepted.seq, new=accepted.new, runs=runs)

    async def knows(self, tenant: str, environment: str, envelope: Json) -> bool:
        """Whether the event was accepted before."""
        name = identity(environment, checked(envelope))
        return await asyncio.to_thread(self._events.knows, tenant, name)

    async def sweep(self) -> int:
        """Hand over what stores told, and what was left behind by a process that died; how much
        there was of which somebody was told."""
        done = 0
        for one in await asyncio.to_thread(self._events.untold):
            done += await self._told(one)
        left = await asyncio.to_thread(self._events.pending, now() - LATE)
        return done + len(await self._hand_over(left))

    async def _told(self, one: Untold) -> bool:
        try:
            handovers = await asyncio.to_thread(self._relay, one)
        except Unavailable:
            raise
        except Exception:
            # One that nobody can be found for keeps nobody else from being told.
            log.exception("event %s of %s is not relayed", one.seq, one.tenant)
            return False
        await self._hand_over(handovers)
        return True

    async def forget(self, keep: timedelta) -> None:
        """Let go of events that were accepted longer ago than `keep`, and of what runs waited for
        that are over."""
        for store in (self._events, self._stores.callbacks, self._stores.recalled):
            await asyncio.to_thread(store.forget, now() - keep)
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

    def _accept(
        self,
        by: Principal,
        environment: str,
        event: Envelope,
        starting: bool,
        origin: dict[str, str] | None,
        proof: Proof | None,
        depth: int,
        cause: int | None,
    ) -> Accepted:
        starts = self._starts(by.tenant, environment, event) if starting else []
        return self._events.accept(
            by.tenant,
            environment=environment,
            envelope=event,
            by=by,
            starts=starts,
            origin=origin,
            proof=proof,
            depth=depth,
            cause=cause,
        )

    def _starts(self, tenant: str, environment: str, event: Envelope) -> list[Start]:
        deployed = self._stores.definitions.running(tenant, environment)
        found = [one for digest in deployed for one in triggers(self._plans.get(digest))]
        return [one for trigger in found for one in starts_of(trigger, event)]

    def _relay(self, told: Untold) -> tuple[Handover, ...]:
        starts = self._starts(told.tenant, told.environment, told.envelope)
        return self._events.relay(told.tenant, told.seq, starts)

    async def _hand_over(self, handovers: Iterable[Handover]) -> list[str]:
        """The runs where it arrived."""
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(handover: Handover) -> str | None:
            async with at_once:
                return await self._arrives(handover)

        return [run for run in await asyncio.gather(*map(one, handovers)) if run is not None]

    async def _arrives(self, handover: Handover) -> str | None:
        """The run that has the event now; None if none has."""
        begins = handover.target.startswith(STARTS)
        try:
            run = await (self._start(handover) if begins else self._signal(handover))
            await asyncio.to_thread(self._events.settle, handover, "done")
            return run
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND and not begins:
                await asyncio.to_thread(self._events.gone, handover.tenant, handover.target)
                return None
            why, patience = f"run.temporal-unreachable: {error.message}", _patience(error)
        except Ending as ending:
            why, patience = f"{ending.code}: {ending.message}", TRIES
            if begins and isinstance(ending, Refused):
                patience = 0
        log.warning("event %s waits for %s: %s", handover.seq, handover.target, why)
        if handover.tries + 1 >= patience:
            await asyncio.to_thread(self._events.settle, handover, "dead", why[:500])
        else:
            await asyncio.to_thread(self._events.postpone, handover)
        return None

    async def _start(self, handover: Handover) -> str:
        wanted = handover.details
        if handover.depth >= DEEPEST:
            message = f"{DEEPEST} runs led to this event, each started by the one before: a loop"
            raise Refused("event.too-deep", message)
        name = identity(handover.environment, handover.envelope)
        submitted = await self._submit(
            Intent(
                principal=handover.by,
                solution=str(wanted["solution"]),
                name=str(wanted["intent"]),
                payload=wanted["payload"],
                idempotency_key=f"event|{name}|{handover.target}",
                environment=handover.environment,
                depth=handover.depth + 1,
            )
        )
        return submitted.run

    async def _signal(self, to: Handover) -> str:
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
        return run_of(to.target)


def _patience(error: RPCError) -> int:
    """After how many tries nobody believes any more that the run will take it."""
    return FEW if error.status in FINAL else TRIES


def _addressed(event: Envelope, only: str | None) -> Envelope:
    if only is not None:
        return {**event, RUN: only}
    if is_reserved(event):
        message = f"events {PLATFORM}… and those with `{RUN}` come from the platform alone"
        raise Refused("event.reserved", message)
    return event
