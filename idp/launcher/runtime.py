"""Temporal as the platform needs it: answering, and what the embedded server was asked to be."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import TimeSkippingConfig, WorkflowExecution, WorkflowType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    DescribeNamespaceRequest,
    DescribeNamespaceResponse,
    StartWorkflowExecutionRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.plugin import SimplePlugin
from temporalio.service import RPCError, RPCStatusCode

from public_works import Settings
from public_works.sqlite_file import journal, tables_with
from symphainy.errors import Unavailable
from temporal.connection import connect

__all__ = ["DATABASE", "RETENTION", "answering", "prepare", "retention"]

RETENTION = timedelta(days=30)
"""Closed runs stay so long; the server's own 24 hours lose them overnight."""

DATABASE = "temporal.db"
FAIR = "tasks_v2"
"""Where the matcher of fair queues keeps its tasks; the other has `tasks`."""
TASKS = ("tasks", FAIR)


async def answering(settings: Settings, within: timedelta) -> Client:
    """A client as soon as the server knows the namespace; Unavailable after `within`."""
    until = time.monotonic() + within.total_seconds()
    while True:
        try:
            client = await connect(settings, SimplePlugin("symphainy.launcher"))
            await _describe(client)
        except (RuntimeError, RPCError) as error:
            if time.monotonic() > until:
                where = settings.temporal_address
                message = f"Temporal does not answer at {where}: {error}"
                raise Unavailable("run.temporal-unreachable", message) from error
            await asyncio.sleep(0.05)
        else:
            return client


async def retention(client: Client) -> timedelta:
    """How long the namespace keeps closed runs."""
    described = await _describe(client)
    return described.config.workflow_execution_retention_ttl.ToTimedelta()


async def prepare(client: Client, home: Path) -> list[str]:
    """Keep runs for 30 days, and find out whether what was asked of the server is on.

    The server silently accepts settings that it does not know, and lists neither fairness nor
    time skipping among a namespace's capabilities: both are tried. What is missing, in words;
    the rates cannot be read back, and `synchronous` is each connection's own.
    """
    await _keep(client)
    missing = [] if journal(home / DATABASE) == "wal" else ["its database is not in WAL mode"]
    # Named anew each time: a deleted run's task stays in the database for a while.
    probe = f"symphainy-probe-{uuid4().hex[:8]}"
    try:
        await _start(client, probe)
    except RPCError as error:
        if error.status != RPCStatusCode.UNIMPLEMENTED:
            raise
        return [*missing, "time skipping is off"]
    if not await _queued_fairly(home / DATABASE, probe):
        missing.append("fairness between tenants is off")
    await client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=client.namespace, workflow_execution=WorkflowExecution(workflow_id=probe)
        )
    )
    return missing


async def _describe(client: Client) -> DescribeNamespaceResponse:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    return await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=5))


async def _keep(client: Client) -> None:
    kept = Duration()
    kept.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            config=NamespaceConfig(workflow_execution_retention_ttl=kept),
        )
    )


async def _start(client: Client, probe: str) -> None:
    """A run that skips time, on a queue nobody polls: the server has to store its task."""
    await client.workflow_service.start_workflow_execution(
        StartWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_id=probe,
            workflow_type=WorkflowType(name="symphainy-probe"),
            task_queue=TaskQueue(name=probe),
            identity="symphainy",
            request_id=probe,
            time_skipping_config=TimeSkippingConfig(enabled=True),
        )
    )


async def _queued_fairly(database: Path, probe: str) -> bool:
    """Whether the probe's task is where the fair matcher keeps its tasks."""
    for _ in range(100):
        found = await asyncio.to_thread(
            tables_with, database, TASKS, "task_queue_id", probe.encode()
        )
        if found:
            return FAIR in found
        await asyncio.sleep(0.02)
    return False
