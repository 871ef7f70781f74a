"""Forgetting a customer: their runs end, their histories go, and then everything kept of them."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from itertools import compress

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.erasure import Erasure
from public_works.record import now
from symphainy.errors import Unavailable
from symphainy.identity import Principal
from symphainy.session import Address
from temporal.about import LONGEST
from temporal.addresses import run_of

__all__ = ["SETTLES", "Forgetting"]

SETTLES = timedelta(hours=24)
"""How long providers may still tell of what was sent."""
PATIENCE = timedelta(seconds=10)
AT_ONCE = 16
QUOTES = frozenset("'\"\\")


class Forgetting:
    """Lets customers go, with all that is known of them."""

    def __init__(self, client: Client, stores: Stores) -> None:
        self._client, self._stores = client, stores

    async def forget(self, by: Principal, customer: str, reason: str) -> Erasure:
        """What was let go of. Their runs under way are ended; Temporal deletes histories by and
        by, and nobody reads them any more, nor copies of them: their keys are thrown away. What
        comes in later is let go of too, for a day, by `settle`.

        Refused: customer.missing, where nothing is known of them. Unavailable:
        run.temporal-unreachable; then it can be asked for again.
        """
        workflows = await self._workflows(by.tenant, customer)
        await self._end(workflows, reason)
        # Before what names them goes: whoever asks again finds what is left.
        await self._delete(workflows)
        subject = await asyncio.to_thread(self._stores.audit.token, by.tenant, customer)
        erased = await asyncio.to_thread(
            self._stores.erasures.erase,
            by.tenant,
            customer,
            _runs(workflows),
            subject=subject,
            by=by.id,
            reason=reason,
        )
        self._stores.run_keys.leave(workflows)
        return erased

    async def settle(self) -> int:
        """Let go of what came in since of everybody who was forgotten; how many there were."""
        open_ = await asyncio.to_thread(self._stores.erasures.unsettled)
        for one in open_:
            if one.customer is None:
                continue
            workflows = await self._workflows(one.tenant, one.customer)
            await self._end(workflows, one.reason)
            await self._delete(workflows)
            last = now() - one.at >= SETTLES
            runs = _runs(workflows)
            await asyncio.to_thread(self._stores.erasures.again, one, runs, last=last)
            self._stores.run_keys.leave(workflows)
        return len(open_)

    async def sweep(self) -> int:
        """Throw away keys of runs that Temporal has let go of; how many there were.

        Each is asked after once a week.
        """
        keys, gone = self._stores.run_keys, 0
        # Whoever is asked after is not among them the next time.
        while some := await asyncio.to_thread(keys.unasked):
            for part in (some[n : n + AT_ONCE] for n in range(0, len(some), AT_ONCE)):
                over = await asyncio.gather(*(self._is_gone(one.workflow) for one in part))
                for one in compress(part, over):
                    gone += await asyncio.to_thread(keys.discard, one)
        return gone

    async def _is_gone(self, workflow: str) -> bool:
        try:
            await self._client.get_workflow_handle(workflow).describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            return error.status == RPCStatusCode.NOT_FOUND
        return False

    async def _workflows(self, tenant: str, customer: str) -> dict[str, set[str]]:
        """By workflow id: Temporal's ids of its histories, as far as they are listed."""
        stores = self._stores.erasures
        known = await asyncio.to_thread(stores.runs, tenant, customer)
        talks = await asyncio.to_thread(stores.sessions, tenant, customer)
        named = [f"{tenant}/{one.replace(':', '/', 1)}" for one in known]
        named += await asyncio.to_thread(self._stores.run_keys.workflows, tenant, customer)
        named += [Address.of(one).workflow(tenant) for one in talks]
        found: dict[str, set[str]] = {id: set() for id in named}
        queries = [f"WorkflowId = '{id}'" for id in found if not QUOTES & set(id)]
        if not QUOTES & set(customer):
            queries.append(f"SymTenant = '{tenant}' AND SymCustomer = '{customer[:LONGEST]}'")
        for query in queries:
            try:
                async for one in self._client.list_workflows(query, rpc_timeout=PATIENCE):
                    found.setdefault(one.id, set()).add(one.run_id)
            except RPCError as error:
                raise _unreachable() from error
        return found

    async def _end(self, workflows: Iterable[str], reason: str) -> None:
        for id in workflows:
            try:
                handle = self._client.get_workflow_handle(id)
                await handle.terminate(reason=f"forgotten: {reason}"[:200], rpc_timeout=PATIENCE)
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise _unreachable() from error

    async def _delete(self, workflows: dict[str, set[str]]) -> None:
        for id, histories in workflows.items():
            for run_id in sorted(histories):
                request = DeleteWorkflowExecutionRequest(
                    namespace=self._client.namespace,
                    workflow_execution=WorkflowExecution(workflow_id=id, run_id=run_id),
                )
                try:
                    await self._client.workflow_service.delete_workflow_execution(
                        request, timeout=PATIENCE
                    )
                except RPCError as error:
                    if error.status != RPCStatusCode.NOT_FOUND:
                        raise _unreachable() from error


def _runs(workflows: Iterable[str]) -> set[str]:
    return {run_of(id) for id in workflows if id.split("/")[1] != "session"}


def _unreachable() -> Unavailable:
    return Unavailable(
        "run.temporal-unreachable", "the runtime did not answer", retry_after=timedelta(seconds=5)
    )
