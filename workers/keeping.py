"""What policies of retention say, carried out: what is older goes."""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.policies import PLATFORM
from public_works.retained import Retained, Said
from smart_city.bundle import Policy
from smart_city.layers import effective
from smart_city.policies.retention import Kept, Retention
from smart_city.verdict import Layer
from symphainy.errors import Unavailable
from symphainy.findings import Invalid

__all__ = ["keep_to", "periods"]

log = logging.getLogger("symphainy.retention")

AT_ONCE = 16
"""Runs that Temporal is asked about at the same time."""
PATIENCE = timedelta(seconds=10)

One = TypeVar("One")
Periods = Mapping[tuple[str, str], Mapping[Kept, timedelta]]


def periods(stores: Stores) -> Periods:
    """By tenant and solution: how long what is kept, where any layer says so; the shortest
    holds."""
    found: dict[tuple[str, str], dict[Kept, timedelta]] = {}
    for one in Retained(stores.database).solutions():
        for policy in _held(stores, one):
            said = policy.document
            if isinstance(said, Retention) and one.solution in (said.solutions or (one.solution,)):
                kept = found.setdefault((one.tenant, one.solution), {})
                for what, period in said.periods().items():
                    kept[what] = min(period, kept.get(what, period))
    return found


def _held(stores: Stores, one: Said) -> tuple[Policy, ...]:
    layers: dict[Layer, Mapping[str, Any]] = {
        "platform": _said(stores, PLATFORM),
        "tenant": _said(stores, one.tenant),
    }
    try:
        return effective({**layers, "solution": one.policies}).policies
    except Invalid:
        # A version of long ago may say what is no policy any more.
        log.warning("what %s says of itself cannot be read", one.solution, exc_info=True)
        return effective(layers).policies


def _said(stores: Stores, tenant: str) -> Mapping[str, Any]:
    newest = stores.policies.newest(tenant)
    found: Mapping[str, Any] = newest.written.get("policies", {}) if newest else {}
    return found


async def keep_to(stores: Stores, client: Client | None, moment: datetime) -> dict[str, int]:
    """Let go of what is older than policies let it be kept; how much it was, by what it is.

    Where something of one solution cannot be let go of, it is logged, and the others follow.
    """
    gone = {"runs": 0, "outbox": 0, "transcripts": 0, "facts": 0}
    retained = Retained(stores.database)
    ways = {
        "outbox": retained.outbox,
        "transcripts": retained.transcripts,
        "facts": retained.facts,
    }
    found = await asyncio.to_thread(periods, stores)
    for (tenant, solution), kept in found.items():
        for what, period in kept.items():
            before = moment - period
            try:
                if what in ways:
                    gone[what] += await asyncio.to_thread(ways[what], tenant, solution, before)
                elif client is not None:
                    gone[what] += await _Runs(retained, client, tenant, before).gone(solution)
            except (RPCError, Unavailable):
                log.exception("what is old of %s is not let go of", solution)
    return gone


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of one tenant that ended before a moment."""

    retained: Retained
    client: Client
    tenant: str
    before: datetime

    async def gone(self, solution: str) -> int:
        """Let Temporal delete their histories, then let go of what they left beside them; how
        many histories it was."""
        ended = f"{self._closed(solution)} AND ExecutionStatus != 'ContinuedAsNew'"
        count = await self._deleted([one async for one in self.client.list_workflows(ended)])
        # What a run did before it continued is as old as the run, not as that history.
        parts = f"{self._closed(solution)} AND ExecutionStatus = 'ContinuedAsNew'"
        earlier = [one async for one in self.client.list_workflows(parts)]
        over = await self._over({one.id for one in earlier})
        count += await self._deleted([one for one in earlier if one.id in over])
        await self._leave(solution)
        return count

    def _closed(self, solution: str) -> str:
        return (
            f"SymTenant = '{self.tenant}' AND WorkflowType = '{solution}' "
            f"AND ExecutionStatus != 'Running' AND CloseTime < '{self.before.isoformat()}'"
        )

    async def _leave(self, solution: str) -> None:
        after = ""
        while True:
            left = self.retained.left
            runs = await asyncio.to_thread(left, self.tenant, solution, self.before, after)
            if not runs:
                return
            named = {f"{self.tenant}/{one.replace(':', '/', 1)}": one for one in runs}
            mine = [named[one] for one in await self._over(named)]
            await asyncio.to_thread(self.retained.runs, self.tenant, mine)
            after = runs[-1]

    async def _deleted(self, histories: Sequence[WorkflowExecution]) -> int:
        for some in _at_once(histories):
            await asyncio.gather(*(self._delete(one.id, one.run_id) for one in some))
        return len(histories)

    async def _delete(self, workflow: str, run: str) -> None:
        request = DeleteWorkflowExecutionRequest(
            namespace=self.client.namespace,
            workflow_execution=Execution(workflow_id=workflow, run_id=run),
        )
        try:
            await self.client.workflow_service.delete_workflow_execution(request, timeout=PATIENCE)
        except RPCError as error:
            # It is listed for a while after it is gone.
            if error.status != RPCStatusCode.NOT_FOUND:
                raise

    async def _over(self, workflows: Collection[str]) -> set[str]:
        """Those of the workflows that ended before, or are not known any more."""
        found: set[str] = set()
        for some in _at_once(sorted(workflows)):
            ended = await asyncio.gather(*(self._ended(one) for one in some))
            found |= {one for one, over in zip(some, ended, strict=True) if over}
        return found

    async def _ended(self, workflow: str) -> bool:
        try:
            handle = self.client.get_workflow_handle(workflow)
            closed = (await handle.describe(rpc_timeout=PATIENCE)).close_time
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return True
        return closed is not None and closed < self.before


def _at_once(all_: Sequence[One]) -> Iterator[Sequence[One]]:
    return (all_[n : n + AT_ONCE] for n in range(0, len(all_), AT_ONCE))
