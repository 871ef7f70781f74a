"""A pool of workers: what it serves, and the order in which it comes to life."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.delivery import Deliverer
from activities.http import request_activity
from activities.registry import Registry as Capabilities
from activities.serve import activity_of
from experience_adapters.registry import Registry as Adapters
from public_works import Settings, Stores
from public_works.customers import Customers
from public_works.egress import Egress
from public_works.keyfiles import public_key_pems, signing_key_pem
from public_works.outbox import Outbox
from smart_city.signing import Keyring, SigningKey
from symphainy.catalog import Catalog
from symphainy.plan import Plan
from temporal.connection import connect
from temporal.gate import Decider, GateServices
from temporal.intake import QUEUE, Intake
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from workers.deployment import BUILD, DEPLOYMENT
from workflows.interpreter import SolutionRun

__all__ = ["Options", "Pool", "catalog_of", "gate_services", "open_pool"]

log = logging.getLogger("symphainy.workers")


@dataclass(frozen=True)
class Options:
    """How a pool differs from the one that production runs; tests set these."""

    versioned: bool = True
    attributes: bool = True
    sandboxed: bool = False
    cached: int = 1_000


@dataclass(frozen=True)
class Pool:
    """A worker pool that is ready to run."""

    name: str
    client: Client
    worker: Worker
    catalog: Catalog


def gate_services(
    settings: Settings, stores: Stores, plans: Plans, *, attributes: bool = True
) -> GateServices:
    """The gate of a platform worker: it holds the key that grants are signed with."""
    keys = Keyring.from_pems(public_key_pems(settings.home).values())
    key = SigningKey.from_pem(signing_key_pem(settings.home, "gate"))
    return GateServices(
        keys=keys,
        plans=plans,
        key=key,
        decider=Decider(stores, plans),
        attributes=attributes,
    )


def catalog_of(capabilities: Capabilities, adapters: Adapters, queue: str) -> Catalog:
    """What a pool serving these on `queue` publishes."""
    return Catalog(
        capabilities=tuple(one.spec.model_copy(update={"queue": queue}) for one in capabilities),
        adapters=tuple(spec.model_copy(update={"queue": queue}) for spec in adapters.specs),
    )


@asynccontextmanager
async def open_pool(
    settings: Settings,
    stores: Stores,
    *,
    name: str = "platform",
    options: Options = Options(),
    client: Client | None = None,
) -> AsyncIterator[Pool]:
    """A pool in the order of the design: runtime, Smart City, realms, solutions, experience."""
    plans = Plans(stores.definitions)
    services = gate_services(settings, stores, plans, attributes=options.attributes)
    plugin = SymphainyPlugin(services, workflows=[SolutionRun], sandboxed=options.sandboxed)
    client = client or await connect(settings, plugin)
    log.info("runtime: connected to namespace %s", client.namespace)
    log.info("smart city: gate key %s", services.key.kid if services.key else "none")
    capabilities, adapters = Capabilities.installed(), Adapters.installed()
    for lacking in capabilities.problems:
        log.warning("plugin %s is left out: %s", lacking.plugin, lacking.message)
    for broken in adapters.problems:
        log.warning("plugin %s is left out: %s", broken.plugin, broken.message)
    catalog = catalog_of(capabilities, adapters, QUEUE)
    await asyncio.to_thread(stores.catalogs.publish, name, catalog)
    log.info("realms: %d capabilities registered", len(catalog.capabilities))
    await asyncio.to_thread(_preload, stores, plans)
    log.info("solutions: plans loaded; experience: %d adapters bound", len(catalog.adapters))
    intake = _intake(settings, stores, plans, client, options)
    deliverer = Deliverer(
        stores, plans, adapters, settings, {Settings: settings, Outbox: stores.outbox}
    )
    activities = [
        *(activity_of(one, {Customers: stores.customers, Intake: intake}) for one in capabilities),
        *deliverer.activities(),
        request_activity(Egress(settings.egress_allow)),
    ]
    worker = _worker(client, activities, services, options)
    yield Pool(name, client, worker, catalog)


def _worker(
    client: Client,
    activities: list[Callable[..., Any]],
    services: GateServices,
    options: Options,
) -> Worker:
    version = WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=BUILD)
    deployment = WorkerDeploymentConfig(
        version=version,
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
    return Worker(
        client,
        task_queue=QUEUE,
        activities=activities,
        max_cached_workflows=options.cached,
        deployment_config=deployment if options.versioned else None,
    )


def _intake(
    settings: Settings, stores: Stores, plans: Plans, client: Client, options: Options
) -> Intake:
    key = SigningKey.from_pem(signing_key_pem(settings.home, "intake"))
    return Intake(client, stores, plans, key, attributes=options.attributes)


def _preload(stores: Stores, plans: Plans) -> None:
    found: list[tuple[str, Mapping[str, Any]]] = list(stores.definitions.plans(limit=500))
    plans.preload((digest, Plan.model_validate(plan)) for digest, plan in reversed(found))
