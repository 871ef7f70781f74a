"""Tells that runs began and ended. That state is Temporal's, so it is read there, and told again
until it is told: at least once to the log, and there once, as its id says which run it is."""

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from public_works import Stores
from public_works.record import now
from symphainy.json import Json
from symphainy.session import WORKFLOW
from temporal.addresses import PRODUCTION, is_resend, run_of
from temporal.attributes import CUSTOMER, ENVIRONMENT, SOLUTION, TENANT, VERSION

__all__ = ["Watch"]

OVERLAP = timedelta(minutes=2)
"""Visibility is a little behind: what it did not show the last time is looked for again."""
FAR = timedelta(minutes=15)
"""After an outage it may be behind by more; every `SELDOM`th look goes back that far."""
SELDOM = 120
PATIENCE = timedelta(seconds=10)
ENDED: dict[WorkflowExecutionStatus, str] = {
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.FAILED: "faulted",
    WorkflowExecutionStatus.TIMED_OUT: "faulted",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.TERMINATED: "terminated",
}
REMEMBERED = 20_000


class Watch:
    """Looks at runs that began or ended since it looked the last time."""

    def __init__(self, client: Client, stores: Stores) -> None:
        self._client = client
        self._stores = stores
        self._known: dict[str, None] = {}
        self._looks = 0

    async def look(self) -> int:
        """Tell what is new; how much that was."""
        told, self._looks = 0, self._looks + 1
        for what, field in (("began", "StartTime"), ("ended", "CloseTime")):
            told += await self._since(what, field)
        return told

    async def _since(self, what: str, field: str) -> int:
        marks, name, moment = self._stores.marks, f"runs.{what}.{self._client.namespace}", now()
        mark = await asyncio.to_thread(marks.get, name, moment - OVERLAP)
        back = OVERLAP if self._looks % SELDOM else FAR
        begin = (mark - back).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = f"{field} >= '{begin}' AND SymTenant IS NOT NULL AND WorkflowType != '{WORKFLOW}'"
        told, latest = 0, mark
        async for one in self._client.list_workflows(query, rpc_timeout=PATIENCE):
            at = one.start_time if what == "began" else one.close_time
            if at is not None:
                latest = max(latest, at)
                if what == "ended":
                    # It may have begun since that was looked at, and that comes first.
                    told += await self._one("began", one, one.start_time)
                told += await self._one(what, one, at)
        await asyncio.to_thread(marks.move, name, min(latest, moment))
        return told

    async def _one(self, what: str, run: WorkflowExecution, at: datetime) -> bool:
        key = f"{what}:{run.run_id}"
        if key in self._known:
            return False
        state = "started" if what == "began" else _ended(run)
        new = False
        if state is not None and await self._is_first(what, run):
            depth = int((await run.memo()).get("depth", 0))
            new = await asyncio.to_thread(self._tell, run, state, at, depth)
        self._known[key] = None
        while len(self._known) > REMEMBERED:
            self._known.pop(next(iter(self._known)))
        return new

    async def _is_first(self, what: str, run: WorkflowExecution) -> bool:
        """Whether the run begins there, and does not only go on in another history."""
        if what == "ended":
            return True
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        described = await handle.describe(rpc_timeout=PATIENCE)
        first = described.raw_description.workflow_execution_info.first_run_id
        return first in ("", run.run_id)

    def _tell(self, run: WorkflowExecution, state: str, at: datetime, depth: int) -> bool:
        found = run.typed_search_attributes
        tenant = found.get(TENANT)
        if not tenant or not run.id.startswith(f"{tenant}/"):
            return False
        if state != "started":
            # Whoever was asked need not answer any more.
            self._stores.approvals.close(tenant, run_of(run.id), at)
        data: dict[str, Json] = {
            "run": run_of(run.id),
            "solution": found.get(SOLUTION),
            "version": found.get(VERSION),
            "customer": found.get(CUSTOMER),
            "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        return self._stores.events.tell(
            tenant,
            f"run.{state}",
            environment=found.get(ENVIRONMENT) or PRODUCTION,
            subject=run_of(run.id),
            data={name: one for name, one in data.items() if one is not None},
            id=f"run.{state}.{run.run_id}",
            depth=depth,
            # No flow takes it for another run of the solution.
            outward=is_resend(run.id),
        )


def _ended(run: WorkflowExecution) -> str | None:
    return ENDED.get(run.status) if run.status is not None else None
