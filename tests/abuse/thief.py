"""A worker that somebody else runs in the platform's namespace, and what it is told to do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from tests.runtime.platform import Platform

__all__ = ["QUEUE", "Forger", "Thief", "attempt", "bare", "code_of", "knowing", "thieves"]

QUEUE = "thieves"
Forger = Callable[[workflow.Info, StartActivityInput], dict[str, bytes]]
"""Makes the headers of an activity."""
FORGERS: dict[str, Forger] = {}
"""By workflow id."""


@workflow.defn(name="Thief")
class Thief:
    """Asks the platform's workers to act."""

    @workflow.run
    async def run(self, asked: dict[str, Any]) -> Any:
        """What the activity gives."""
        return await workflow.execute_activity(
            asked["activity"],
            asked["wire"],
            activity_id=asked.get("activity_id"),
            task_queue=asked.get("queue", "platform"),
            start_to_close_timeout=timedelta(seconds=30),
            schedule_to_close_timeout=timedelta(seconds=60),
            retry_policy=RetryPolicy(maximum_attempts=2),
        )


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
        forge = FORGERS.get(workflow.info().workflow_id)
        if forge is not None:
            made = forge(workflow.info(), input)
            headers = {name: Payload(data=value) for name, value in made.items()}
            input = replace(input, headers=headers)
        return super().start_activity(input)


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class _Forging(Interceptor):
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _Inbound


async def bare(platform: Platform) -> Client:
    """A client that knows nothing of Symphainy, as Temporal's own UI or command line is."""
    return await Client.connect(
        platform.client.service_client.config.target_host, namespace=platform.client.namespace
    )


async def knowing(platform: Platform) -> Client:
    """A client that has the codec and its keys besides, as a worker taken over has."""
    return await Client.connect(
        platform.client.service_client.config.target_host,
        namespace=platform.client.namespace,
        data_converter=platform.client.data_converter,
    )


@asynccontextmanager
async def thieves(client: Client, *more: type) -> AsyncIterator[Worker]:
    """Their worker, while the body runs."""
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Thief, *more],
        interceptors=[_Forging()],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ) as worker:
        yield worker


async def attempt(
    client: Client,
    id: str,
    activity: str,
    wire: Any,
    forge: Forger | None = None,
    **more: Any,
) -> Any:
    """What the platform's worker gives a thief, or the code of why it does not."""
    if forge is not None:
        FORGERS[id] = forge
    try:
        return await client.execute_workflow(
            Thief.run, {"activity": activity, "wire": wire, **more}, id=id, task_queue=QUEUE
        )
    except WorkflowFailureError as failed:
        return code_of(failed)


def code_of(error: BaseException) -> str | None:
    """The code of what went wrong, as the platform says it."""
    at = error.__cause__
    while at is not None and not isinstance(at, ApplicationError):
        at = at.__cause__
    return at.type if isinstance(at, ApplicationError) else None
