"""Lets runs under way go on by the version that their environment runs now."""

import asyncio
import base64
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client
from temporalio.service import RPCError

from public_works import Stores
from smart_city.context import ExecutionContext, seal
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused, Unavailable
from symphainy.identity import Principal
from symphainy.plan import Plan
from symphainy.plan.migration import Objection, covers, objections, renames
from temporal.addresses import schedule_of
from temporal.gate.contexts import Contexts
from temporal.gate.succession import succeeding
from temporal.headers import CONTEXT, read
from temporal.plans import Plans
from temporal.runs import Runs

__all__ = ["Migration", "Migrations", "Prospect"]

PATIENCE = timedelta(seconds=10)


class Prospect(BaseModel):
    """Whether runs of one version may go on by another."""

    model_config = ConfigDict(frozen=True)

    version: str
    before: str
    declared: bool
    """Whether the new version names the one before in `document.metadata.migrates`."""
    objections: tuple[Objection, ...]
    """What else is in the way."""


class Migration(BaseModel):
    """A run that was told to go on by another version."""

    model_config = ConfigDict(frozen=True)

    run: str
    before: str
    version: str
    asked: bool
    """False where the run is on that version already."""


class Migrations:
    """Compares versions, and tells runs to go over to a newer one."""

    def __init__(
        self,
        client: Client,
        stores: Stores,
        plans: Plans,
        runs: Runs,
        key: SigningKey,
        keys: Keyring,
    ) -> None:
        self._client, self._stores, self._plans, self._runs = client, stores, plans, runs
        self._key = key
        self._contexts = Contexts(keys)

    async def prospect(self, tenant: str, solution: str, version: str, before: str) -> Prospect:
        """Whether runs of `before` may go on by `version`.

        Refused: solution.version-missing.
        """
        new = await asyncio.to_thread(self._plan, tenant, solution, version)
        old = await asyncio.to_thread(self._plan, tenant, solution, before)
        return _prospect(new, old)

    async def migrate(self, by: Principal, run: str) -> Migration:
        """Tell the run to go on by the version its environment runs now, from the next boundary
        between two tasks on that both versions have.

        Refused: run.unknown, run.closed, run.cannot-migrate, solution.not-deployed.
        """
        context = await self._context(by.tenant, run)
        kept = await asyncio.to_thread(
            self._stores.definitions.deployed, by.tenant, context.solution, context.environment
        )
        if kept is None:
            where = context.environment
            raise Refused("solution.not-deployed", f"{context.solution} is not deployed in {where}")
        new = await asyncio.to_thread(self._plans.get, kept.plan_digest)
        told = Migration(run=run, before=context.version, version=new.version, asked=False)
        if new.digest == context.plan:
            return told
        old = await asyncio.to_thread(self._plans.get, context.plan)
        _willing(_prospect(new, old))
        following = succeeding(context, new, issued=int(time.time()))
        workflow = schedule_of(context.workflow) or context.workflow
        token = seal(following.model_copy(update={"workflow": workflow}), self._key)
        await self._runs.tell(by, run, "migrate", base64.b64encode(token).decode())
        return told.model_copy(update={"asked": True})

    async def renames(self, tenant: str, run: str) -> dict[str, Mapping[str, str]]:
        """By Temporal's id of each history that the run went through before it went over to its
        version: what references of tasks are in that version. Empty for a run that never moved.

        Refused: run.unknown and the like. Unavailable: run.temporal-unreachable.
        """
        handle = self._runs.handle(tenant, run)
        try:
            latest = (await handle.describe(rpc_timeout=PATIENCE)).run_id
            context = await self._contexts.of(self._client, workflow=handle.id, run=latest)
            chain = await self._chain(handle.id, latest) if context.moved else []
        except RPCError as error:
            raise Unavailable("run.temporal-unreachable", "the runtime did not answer") from error
        digests = [*dict.fromkeys(one.plan for _, one in chain)]
        plans = [await asyncio.to_thread(self._plans.get, one) for one in digests]
        ways = {one: _renamed(plans[n:]) for n, one in enumerate(digests)}
        return {run_id: ways[one.plan] for run_id, one in chain}

    async def _chain(self, workflow: str, run_id: str) -> list[tuple[str, ExecutionContext]]:
        """The histories of a run, the first one first, and what each was signed for."""
        found: list[tuple[str, ExecutionContext]] = []
        while run_id:
            handle = self._client.get_workflow_handle(workflow, run_id=run_id)
            events = handle.fetch_history_events(page_size=1, rpc_timeout=PATIENCE)
            begun = (await anext(aiter(events))).workflow_execution_started_event_attributes
            context = self._contexts.genuine(read(begun.header.fields, CONTEXT), workflow=workflow)
            found.insert(0, (run_id, context))
            run_id = begun.continued_execution_run_id
        return found

    async def _context(self, tenant: str, run: str) -> ExecutionContext:
        handle = self._runs.handle(tenant, run)
        await self._runs.get(tenant, run)
        try:
            found = await handle.describe(rpc_timeout=timedelta(seconds=5))
        except RPCError as error:
            raise Unavailable("run.temporal-unreachable", "the runtime did not answer") from error
        if found.close_time is not None:
            raise Refused("run.closed", f"run {run!r} is over")
        return await self._contexts.of(self._client, workflow=handle.id, run=found.run_id or "")

    def _plan(self, tenant: str, solution: str, version: str) -> Plan:
        kept = self._stores.definitions.version(tenant, solution, version)
        if kept is None:
            message = f"{solution[:80]} has no version {version[:80]!r}"
            raise Refused("solution.version-missing", message)
        return self._plans.get(kept.plan_digest)


def _renamed(way: Sequence[Plan]) -> dict[str, str]:
    """What the references of the first plan are in the last."""
    refs = {task.ref: task.ref for task in way[0].walk()}
    for old, new in pairwise(way):
        then = renames(old, new)
        refs = {ref: then.get(now, now) for ref, now in refs.items()}
    return refs


def _prospect(new: Plan, old: Plan) -> Prospect:
    return Prospect(
        version=new.version,
        before=old.version,
        declared=covers(new.migrates, old.version),
        objections=objections(old, new),
    )


def _willing(prospect: Prospect) -> None:
    new, old = prospect.version, prospect.before
    if not prospect.declared:
        message = f"{new} does not name {old} in `document.metadata.migrates`"
        raise Refused("run.cannot-migrate", message)
    if prospect.objections:
        first = prospect.objections[0]
        rest = len(prospect.objections) - 1
        message = f"{new} cannot take over runs of {old}: {first.message}, at {first.pointer}"
        raise Refused("run.cannot-migrate", f"{message}; and {rest} more" if rest else message)
