"""What policies of retention say, carried out: what is older goes."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.policies import PLATFORM
from public_works.retained import Retained
from smart_city.layers import effective
from smart_city.policies.retention import Kept, Retention

__all__ = ["keep_to", "periods"]

MOST = 1_000
"""Runs of one solution that go at one look."""
PATIENCE = timedelta(seconds=10)

Periods = Mapping[tuple[str, str], Mapping[Kept, timedelta]]


def periods(stores: Stores) -> Periods:
    """By tenant and solution: how long what is kept, where any layer says so; the shortest
    holds."""
    found: dict[tuple[str, str], dict[Kept, timedelta]] = {}
    for one in Retained(stores.database).solutions():
        layers = {
            "platform": _said(stores, PLATFORM),
            "tenant": _said(stores, one.tenant),
            "solution": one.policies,
        }
        for policy in effective(layers).policies:  # type: ignore[arg-type]
            said = policy.document
            if isinstance(said, Retention) and one.solution in (said.solutions or (one.solution,)):
                kept = found.setdefault((one.tenant, one.solution), {})
                for what, period in said.periods().items():
                    kept[what] = min(period, kept.get(what, period))
    return found


def _said(stores: Stores, tenant: str) -> Mapping[str, object]:
    newest = stores.policies.newest(tenant)
    found: Mapping[str, object] = newest.written.get("policies", {}) if newest else {}
    return found


async def keep_to(stores: Stores, client: Client | None, moment: datetime) -> dict[str, int]:
    """Let go of what is older than policies let it be kept; how much it was, by what it is."""
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
            if what in ways:
                gone[what] += await asyncio.to_thread(ways[what], tenant, solution, before)
            elif client is not None:
                gone[what] += await _ended(client, tenant, solution, before)
    return gone


async def _ended(client: Client, tenant: str, solution: str, before: datetime) -> int:
    """Let Temporal delete the histories of runs that ended before then."""
    query = (
        f"SymTenant = '{tenant}' AND WorkflowType = '{solution}' "
        f"AND ExecutionStatus != 'Running' AND CloseTime < '{before.isoformat()}'"
    )
    count = 0
    async for one in client.list_workflows(query, limit=MOST):
        run = WorkflowExecution(workflow_id=one.id, run_id=one.run_id)
        request = DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=run)
        try:
            await client.workflow_service.delete_workflow_execution(request, timeout=PATIENCE)
        except RPCError as error:
            # It is listed for a while after it is gone.
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
        count += 1
    return count
