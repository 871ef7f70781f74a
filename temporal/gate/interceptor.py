"""The gate as one interceptor for clients and workers alike."""

from dataclasses import replace
from typing import Any

from temporalio import client, worker
from temporalio.client import (
    OutboundInterceptor,
    SignalWorkflowInput,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)

from temporal.gate.activity import ActivityGate
from temporal.gate.services import GateServices
from temporal.gate.workflow import WorkflowGate
from temporal.headers import CONTEXT, sealed, with_header

__all__ = ["GateInterceptor", "GateServices"]


class GateInterceptor(client.Interceptor, worker.Interceptor):
    """Puts the signed context on what a client starts, and guards what a worker does."""

    def __init__(self, services: GateServices) -> None:
        self._services = services

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """See base class."""
        return _ClientOutbound(next)

    def intercept_activity(
        self, next: worker.ActivityInboundInterceptor
    ) -> worker.ActivityInboundInterceptor:
        """See base class."""
        return ActivityGate(next, self._services)

    def workflow_interceptor_class(
        self, input: worker.WorkflowInterceptorClassInput
    ) -> type[worker.WorkflowInboundInterceptor] | None:
        """See base class."""
        return type("WorkflowGate", (WorkflowGate,), {"services": self._services})


class _ClientOutbound(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        token = sealed.get()
        if token is not None:
            input = replace(input, headers=with_header(input.headers, CONTEXT, token))
        return await super().start_workflow(input)

    async def start_workflow_update(
        self, input: StartWorkflowUpdateInput
    ) -> WorkflowUpdateHandle[Any]:
        token = sealed.get()
        if token is not None:
            input = replace(input, headers=with_header(input.headers, CONTEXT, token))
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self, input: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[Any]:
        token = sealed.get()
        if token is not None:
            start, update = input.start_workflow_input, input.update_workflow_input
            start.headers = with_header(start.headers, CONTEXT, token)
            update.headers = with_header(update.headers, CONTEXT, token)
        return await super().start_update_with_start_workflow(input)

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:
        token = sealed.get()
        if token is not None:
            input = replace(input, headers=with_header(input.headers, CONTEXT, token))
        await super().signal_workflow(input)
