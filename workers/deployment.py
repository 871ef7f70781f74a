"""Which interpreter a worker runs, and telling Temporal to start new runs on it."""

import asyncio

from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.service import RPCError

__all__ = ["BUILD", "DEPLOYMENT", "make_current"]

DEPLOYMENT = "symphainy"

BUILD = "interpreter-1"
"""Changes only when histories of the one before do not replay any more: runs are pinned to it,
so a new one means that workers of the old one stay until its runs are over."""


async def make_current(client: Client, *, attempts: int = 100) -> None:
    """Start new runs on this interpreter.

    The server refuses until it has seen a poller of the version, half a second to four after the
    worker began; RPCError if it still does at the last attempt.
    """
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=DEPLOYMENT,
        build_id=BUILD,
        identity="symphainy",
        ignore_missing_task_queues=True,
    )
    for attempt in range(attempts):
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError:
            if attempt == attempts - 1:
                raise
            await asyncio.sleep(0.1)
        else:
            return
