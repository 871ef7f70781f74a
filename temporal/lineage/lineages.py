"""Lineage of runs, deliveries, events and intents."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.policies import PLATFORM
from public_works.traces import EventTrace
from smart_city.context import ExecutionContext
from smart_city.signing import Keyring
from symphainy.errors import Refused, Unavailable
from symphainy.event import identity
from symphainy.json import Json
from symphainy.lineage import Lineage, Weaver
from symphainy.plan import Plan
from temporal.addresses import address_of, run_of
from temporal.codec import converter_for
from temporal.hub.triggers import STARTS
from temporal.lineage.account import Account
from temporal.lineage.decoding import Decoding
from temporal.lineage.histories import Histories, histories
from temporal.lineage.loom import Followed, Sources
from temporal.lineage.reading import Reading
from temporal.lineage.weaving import weave
from temporal.runs import STATUS

__all__ = ["Lineages"]

PATIENCE = timedelta(seconds=5)
HANDED = 1_000
"""Runs of one event that are told of."""


class Lineages:
    """Reads lineage; everything it tells is of the tenant that asks."""

    def __init__(self, client: Client, stores: Stores, keys: Keyring) -> None:
        self._client = client
        self._stores = stores
        self._keys = keys

    async def of_run(self, tenant: str, run: str) -> Lineage:
        """What led to the run, and what it led to.

        Refused `run.unknown`. Unavailable `run.temporal-unreachable`.
        """
        address = address_of(run)
        workflow = f"{tenant}/{address.solution}/{address.key}"
        try:
            described = await self._described(workflow)
            found = await histories(self._client, workflow, described.run_id) if described else None
        except RPCError as error:
            message = "the runtime did not answer"
            raise Unavailable("run.temporal-unreachable", message) from error
        kept = await asyncio.to_thread(self._stores.traces.of_run, tenant, run)
        if described is None and not kept:
            raise Refused("run.unknown", f"there is no run {run[:80]!r}")
        account = await self._account(workflow, described, found)
        missing = [] if found else ["history"]
        missing += ["cut"] if kept.cut or (found and found.cut) else []
        missing += ["context"] if found and not (account.began and account.began.context) else []
        status = described.status if described else None
        sources = Sources(
            tenant=tenant,
            run=run,
            solution=address.solution,
            account=account,
            kept=kept,
            status=STATUS[status] if status else None,
            execution=found.execution if found else (),
            missing=tuple(missing),
        )
        return weave(await asyncio.to_thread(self._completed, sources))

    async def of_delivery(self, tenant: str, delivery: str) -> Lineage:
        """What led to the delivery, and what became of it. Refused `ledger.missing`."""
        record = await asyncio.to_thread(self._stores.ledger.get, tenant, delivery)
        if record is None:
            raise Refused("ledger.missing", f"There is no delivery {delivery[:80]!r}.")
        return (await self.of_run(tenant, record.run)).around(f"delivery:{delivery}")

    async def of_intent(self, tenant: str, key: str) -> Lineage:
        """What the intent of that idempotency key led to. Refused `run.unknown`."""
        record = await asyncio.to_thread(self._stores.intents.get, tenant, key)
        if record is None:
            raise Refused("run.unknown", "No intent was taken under this idempotency key.")
        return await self.of_run(tenant, _run(record.run))

    async def of_event(self, tenant: str, seq: int) -> Lineage:
        """Where the event came from, and the runs it was handed to or that it started.

        Refused `event.unknown`.
        """
        trace = await asyncio.to_thread(self._stores.traces.event, tenant, seq)
        if trace is None:
            raise Refused("event.unknown", f"There is no event {seq}, or not any more.")
        weaver, context = Weaver(), trace.environment
        handed = await asyncio.to_thread(self._handed, tenant, trace)
        event = _event(weaver, trace)
        for run, started, state in handed[:HANDED]:
            described = await self._described(_workflow(tenant, run))
            status = described.status if described else None
            node = weaver.node(
                "run",
                run,
                described.start_time if described else None,
                described.close_time if described else None,
                solution=run.partition(":")[0],
                status=STATUS[status] if status else None,
                handover=state,
            )
            weaver.edge(event, "started" if started else "heard", node)
            weaver.happened(described.start_time if described else None, "began", node)
        missing = ["cut"] if len(handed) > HANDED else []
        return weaver.woven(
            tenant=tenant,
            environment=context,
            run=None,
            solution=None,
            version=None,
            missing=missing,
        )

    async def _described(self, workflow: str) -> WorkflowExecutionDescription | None:
        handle = self._client.get_workflow_handle(workflow)
        try:
            return await handle.describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            message = "the runtime did not answer"
            raise Unavailable("run.temporal-unreachable", message) from error

    async def _account(
        self,
        workflow: str,
        described: WorkflowExecutionDescription | None,
        found: Histories | None,
    ) -> Account:
        if described is None or found is None:
            return Account()
        decoding = Decoding(converter_for(self._client, workflow), self._keys, workflow)
        account = await Reading(decoding).all(found)
        pending = {one.activity_id: one for one in described.raw_description.pending_activities}
        for attempt in account.attempts:
            known = pending.get(attempt.key)
            if attempt.status == "running" and known is not None and not attempt.aside:
                attempt.tries = known.attempt
                if known.HasField("last_failure"):
                    attempt.code = await decoding.code(known.last_failure)
            elif attempt.status == "running" and described.close_time is not None:
                attempt.status, attempt.ended = "cancelled", described.close_time
        return account

    def _completed(self, sources: Sources) -> Sources:
        """With what the stores have of what the account names."""
        stores, tenant = self._stores, sources.tenant
        again = sources.account.next
        following = stores.intents.get(tenant, f"after|{again}") if again else None
        return replace(
            sources,
            followed=[self._followed(tenant, *one) for one in sources.account.contexts],
            events=stores.traces.events(tenant, _identities(sources)),
            policies={
                "tenant": stores.policies.list(tenant),
                "platform": stores.policies.list(PLATFORM),
            },
            next=_run(following.run) if following else None,
        )

    def _followed(self, tenant: str, since: datetime, context: ExecutionContext) -> Followed:
        kept = self._stores.definitions.plan(context.plan)
        return Followed(
            since,
            context,
            plan=Plan.model_validate(kept) if kept else None,
            version=self._stores.definitions.version(tenant, context.solution, context.version),
        )

    def _handed(self, tenant: str, trace: EventTrace) -> list[tuple[str, bool, str]]:
        """The runs that have the event, whether it started them, and the state of that."""
        found = []
        for one in self._stores.traces.handed(tenant, trace.seq):
            if not one.target.startswith(STARTS):
                found.append((run_of(one.target), False, one.state))
                continue
            started = self._stores.intents.get(tenant, f"event|{trace.identity}|{one.target}")
            if started is not None:
                found.append((_run(started.run), True, one.state))
        return found


def _run(named: str) -> str:
    """The run's id; whoever claimed a key for it named it by its workflow id."""
    return run_of(named) if "/" in named else named


def _workflow(tenant: str, run: str) -> str:
    solution, _, key = run.partition(":")
    return f"{tenant}/{solution}/{key}"


def _identities(sources: Sources) -> list[str]:
    """The names of the events that the run emitted, was handed, or was started by."""
    context = sources.context
    if context is None:
        return []
    said: list[dict[str, Json]] = [one.event for one in sources.account.heard]
    said += [one.event for one in sources.account.attempts if one.event]
    named = [identity(context.environment, one) for one in said if {"source", "id"} <= one.keys()]
    keys = [one.key.split("|") for one in sources.kept.intents]
    return [*named, *(one[1] for one in keys if one[0] == "event" and len(one) > 2)]


def _event(weaver: Weaver, trace: EventTrace) -> str:
    about = {name: trace.envelope.get(name) for name in ("type", "source", "id")}
    event = weaver.node("event", str(trace.seq), trace.accepted, **about, seq=trace.seq)
    weaver.happened(trace.accepted, "accepted", event)
    weaver.edge(
        weaver.node("principal", trace.by.id, kind=trace.by.kind),
        "told",
        event,
    )
    origin = trace.origin or {}
    run, key = origin.get("run"), origin.get("key")
    if isinstance(run, str):
        source = weaver.node("run", run, solution=run.partition(":")[0])
        if isinstance(key, str):
            step = weaver.node("step", f"{run}{key}", task=key.rpartition("#")[0])
            weaver.edge(source, "did", step)
            source = step
        weaver.edge(source, "emitted", event)
    return event
