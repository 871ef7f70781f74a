"""The contexts of runs, for the side that acts: from memory, and on a miss from the history."""

from collections import OrderedDict
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import Client
from temporalio.service import RPCError

from smart_city.context import ExecutionContext, unproven, unseal
from smart_city.signing import Keyring
from symphainy.errors import Refused, Unavailable
from temporal.addresses import schedule_of
from temporal.headers import CONTEXT, read

__all__ = ["Contexts", "unproven_of"]

KEPT = 2_000
PATIENCE = timedelta(seconds=10)


class Contexts:
    """What a run was started with never changes, so each is verified once a process."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self._kept: OrderedDict[tuple[str, str], tuple[bytes, ExecutionContext]] = OrderedDict()

    def verified(self, token: bytes | None, *, workflow: str, run: str) -> ExecutionContext:
        """The context in `token`; refused as `unseal` refuses it."""
        kept = self._kept.get((workflow, run))
        if kept is not None and kept[0] == token:
            return kept[1]
        context = self.genuine(token, workflow=workflow)
        self._kept[workflow, run] = (token or b"", context)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return context

    def genuine(self, token: bytes | None, *, workflow: str) -> ExecutionContext:
        """The context in `token`; refused as `unseal` refuses it."""
        context = unseal(token, self._keys, workflow=_sealed_for(workflow))
        return context.model_copy(update={"workflow": workflow})

    async def of(self, client: Client, *, workflow: str, run: str) -> ExecutionContext:
        """The context that the run was started with, wherever that was.

        Refused: context.missing and the like. Unavailable: run.temporal-unreachable.
        """
        kept = self._kept.get((workflow, run))
        if kept is not None:
            return kept[1]
        token = await _written(client, workflow, run)
        return self.verified(token, workflow=workflow, run=run)


def unproven_of(token: bytes | None, *, workflow: str) -> ExecutionContext:
    """What `genuine` gives, whoever signed it; see `smart_city.context.unproven`."""
    context = unproven(token, workflow=_sealed_for(workflow))
    return context.model_copy(update={"workflow": workflow})


def _sealed_for(workflow: str) -> str:
    # One context was sealed for all that a schedule will ever start.
    return schedule_of(workflow) or workflow


async def _written(client: Client, workflow: str, run: str) -> bytes | None:
    request = GetWorkflowExecutionHistoryRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow, run_id=run),
        maximum_page_size=1,
    )
    try:
        page = await client.workflow_service.get_workflow_execution_history(
            request, retry=True, timeout=PATIENCE
        )
    except RPCError as error:
        raise Unavailable("run.temporal-unreachable", "the run's history cannot be read") from error
    if not page.history.events:
        raise Refused("context.missing", "the run has no history")
    started = page.history.events[0].workflow_execution_started_event_attributes
    return read(started.header.fields, CONTEXT)
