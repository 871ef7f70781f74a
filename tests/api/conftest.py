"""One platform for all tests of the API: Temporal, a worker pool, the API on a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from public_works import Settings
from solution_api import open_services
from solution_api.services import Services
from temporal import attributes
from tests.api.clients import api, nobody, stranger
from tests.api.world import World, listening
from tests.runtime.platform import real_server
from workers.deployment import make_current
from workers.pool import open_pool

__all__ = ["api", "nobody", "stranger"]


@pytest.fixture(scope="session")
async def services(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    """What the API stands on, with a worker pool that serves it."""
    folder: Path = tmp_path_factory.mktemp("api")
    async with real_server(folder) as temporal:
        address = temporal.client.service_client.config.target_host
        settings = Settings(
            home=folder / "home",
            temporal_address=address,
            tenant="acme",
            # What is not about approvals does without; test_lifecycle asks as an installation does.
            approval_free="sandbox staging production",
            # A name for this machine; its numbers stay out of reach.
            egress_allow="localhost",
        )
        async with open_services(settings) as services:
            await attributes.register(services.client)
            async with working(settings, services):
                yield services


@asynccontextmanager
async def working(settings: Settings, services: Services) -> AsyncIterator[None]:
    """A worker pool on the side."""
    async with open_pool(settings, services.stores) as pool, pool.worker:
        await make_current(services.client)
        yield
        await cancel_all(services)


async def cancel_all(services: Services) -> None:
    """Leave no run behind for which the worker holds a suspended coroutine."""
    async for run in services.client.list_workflows("ExecutionStatus = 'Running'"):
        handle = services.client.get_workflow_handle(run.id)
        try:
            await handle.cancel()
        except RPCError as error:
            # It was over before Temporal listed it so.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            continue
        # A run that cannot end is an error to be seen, not a suite that never does.
        with suppress(WorkflowFailureError):
            async with asyncio.timeout(60):
                await handle.result()


@pytest.fixture(scope="session")
async def world(services: Services) -> AsyncIterator[World]:
    """The API on a socket, and a client for each role."""
    async with listening(services) as url:
        yield World(url, services)
