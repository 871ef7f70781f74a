"""The upgrade: runs that were under way in plaintext when payloads began to be sealed."""

from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.service import RPCError, RPCStatusCode, ServiceClient

from symphainy.errors import Unavailable

__all__ = ["Before"]

PATIENCE = timedelta(seconds=5)
MOST = 10_000


class Before:
    """Tells which workflows began before a moment; it asks Temporal, once for each."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._service: ServiceClient | None = None
        self._known: dict[tuple[str, str], bool] = {}

    def ask(self, service: ServiceClient) -> None:
        """Ask over this connection."""
        self._service = service

    async def started(self, namespace: str, workflow: str) -> bool:
        """Whether the latest run of that workflow id began before.

        Unavailable `run.temporal-unreachable`.
        """
        found = self._known.get((namespace, workflow))
        if found is None:
            found = await self._asked(namespace, workflow)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[namespace, workflow] = found
        return found

    async def _asked(self, namespace: str, workflow: str) -> bool:
        if self._service is None:
            return False
        request = DescribeWorkflowExecutionRequest(
            namespace=namespace, execution=WorkflowExecution(workflow_id=workflow)
        )
        service = self._service.workflow_service
        try:
            found = await service.describe_workflow_execution(request, timeout=PATIENCE)
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return False
            message = "the runtime did not say when a run began"
            raise Unavailable("run.temporal-unreachable", message) from error
        began = found.workflow_execution_info.start_time.ToDatetime(UTC)
        return began < self._moment
