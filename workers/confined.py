"""A client's own pool: it has the keys of one tenant, and neither database nor signing keys."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from temporalio.client import Client

from activities.registry import Registry as Capabilities
from activities.serve import activity_of
from experience_adapters.registry import Registry as Adapters
from public_works import Settings
from public_works.blobs import Folder
from public_works.pool_keys import HeldKeys
from public_works.secrets import Vault
from symphainy.catalog import Catalog
from symphainy.errors import Refused
from temporal.codec import TenantCodec
from temporal.connection import connect
from temporal.gate import GateServices
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from workers.pool import THREADS, Options, Pool, catalog_of, installed, worker_on

__all__ = ["offer", "open_confined"]

log = logging.getLogger("symphainy.workers")


class _NoPlans:
    def plan(self, plan_digest: str) -> None:
        """None: what a step is told is all that such a pool knows of its run."""


def offer(queue: str) -> Catalog:
    """What a pool of this environment would serve from `queue`: capabilities of other people's
    packages. Refused `run.pool-empty`."""
    return catalog_of(_capabilities(queue), Adapters(), queue)


@asynccontextmanager
async def open_confined(
    settings: Settings, keys: HeldKeys, *, options: Options = Options()
) -> AsyncIterator[Pool]:
    """A pool for the tenant of `keys`; whatever is another's, or for another queue, is refused.

    What it offers it publishes nowhere: `symphainy pool accept` does, where the platform is.
    """
    said = keys.said
    if settings.temporal_namespace != said.namespace:
        message = f"SYMPHAINY_TEMPORAL_NAMESPACE is not {said.namespace!r}, as the pool's keys are"
        raise Refused("settings.invalid", message)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    capabilities = _capabilities(said.queue)
    services: Mapping[type, Any] = {Settings: settings, Vault: Vault(settings)}
    client = await _connected(settings, keys)
    worker = worker_on(
        client,
        said.queue,
        [activity_of(one, services) for one in capabilities],
        options,
        interprets=False,
    )
    log.info("serving the queue %s for %s alone", said.queue, said.tenant)
    catalog = catalog_of(capabilities, Adapters(), said.queue)
    yield Pool(said.queue, client, worker, catalog, interprets=False)


async def _connected(settings: Settings, keys: HeldKeys) -> Client:
    said = keys.said
    plugin = SymphainyPlugin(
        GateServices(keys=keys, plans=Plans(_NoPlans()), tenant=said.tenant),
        blobs=Folder(settings.home / "blobs"),
        codec=TenantCodec(keys, said.namespace, only=said.tenant),
    )
    return await connect(settings, plugin, metrics=settings.temporal_metrics)


def _capabilities(queue: str) -> Capabilities:
    capabilities, adapters = installed(ours=False)
    for one in adapters.specs:
        # They need the register of what was sent, so that nothing is sent twice.
        log.warning("the adapter %s is left out: pools of the platform serve adapters", one.name)
    if not capabilities.specs:
        message = f"the pool {queue!r} has nothing to serve: install a package with capabilities"
        raise Refused("run.pool-empty", message)
    return capabilities
