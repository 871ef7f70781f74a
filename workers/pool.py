"""A pool of workers: what it serves, and the order in which it comes to life."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import (
    PollerBehaviorSimpleMaximum,
    Worker,
    WorkerDeploymentConfig,
)

from activities.delivery import CallbackReader, Deliverer, Receipts
from activities.events import emit_activity
from activities.http import request_activity
from activities.registry import Registry as Capabilities
from activities.remote import remote_activities
from activities.serve import activity_of
from experience_adapters.registry import Registry as Adapters
from public_works import Settings, Stores
from public_works.answers import Answers
from public_works.authorization import Authorizer
from public_works.customers import Customers
from public_works.egress import Egress
from public_works.keyfiles import public_key_pems, signing_key_pem
from public_works.outbox import Outbox
from public_works.secrets import Vault
from public_works.telemetry.meters import offering
from public_works.webhooks import Webhooks
from smart_city.signing import Keyring, SigningKey
from symphainy.catalog import Catalog
from symphainy.errors import Refused
from symphainy.plan import Plan
from symphainy.session import Conversations
from temporal.adrift import drifting
from temporal.callbacks import CallbackRun
from temporal.children import admissions, outcome_of
from temporal.codec import codec_of
from temporal.connection import belong, connect
from temporal.gate import Decider, GateServices
from temporal.hub import Hub, Watch, listening, publishing, sweeping
from temporal.intake import QUEUE, Intake
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from temporal.schedules import repeating
from temporal.sessions import Sessions, turning
from temporal.telemetry.alarming import alarming
from workers.deployment import BUILD, DEPLOYMENT
from workers.lapsing import lapsing
from workers.posting import posting
from workers.retention import letting_go
from workflows.interpreter import SolutionRun
from workflows.session import Session

__all__ = [
    "THREADS",
    "WORKFLOWS",
    "Options",
    "Pool",
    "catalog_of",
    "gate_services",
    "installed",
    "open_pool",
    "worker_on",
]

log = logging.getLogger("symphainy.workers")

PLATFORM = "platform"
WORKFLOWS: tuple[type, ...] = (SolutionRun, Session, CallbackRun)
"""What the platform's own pool runs."""
SWITCH = 0.0005
"""Seconds a thread computes before another may; Python's own 5 ms make every hand-over of a run
wait that long beside one whose expressions compute."""
THREADS = 32
"""For stores, secrets and names of hosts. Python's own number is six on two cores: that many slow
name servers would stop everything."""
GRACE = timedelta(seconds=25)
"""How long a pool that is stopped lets what is on the wire finish; longer than a mail may take."""


POLLERS = PollerBehaviorSimpleMaximum(10)
"""With the SDK's five, tasks of many short steps wait for somebody to ask for them."""


@dataclass(frozen=True)
class Options:
    """How a pool differs from the one that production runs; tests set these."""

    versioned: bool = True
    attributes: bool = True
    sandboxed: bool = False
    cached: int = 200
    """Runs kept in memory. One that waits for days need not be: what comes for it replays its
    history, some milliseconds, while 1,000 kept ones hold 60 to 100 MB."""
    egress: Egress | None = None
    """The way out, instead of the one that the settings describe."""
    tending: bool = True
    """Whether it does, beside what runs ask for, what nobody asks for: hand events on, look for
    alarms, let go of what is old."""


@dataclass(frozen=True)
class Pool:
    """A worker pool that is ready to run."""

    name: str
    client: Client
    worker: Worker
    catalog: Catalog
    interprets: bool = True
    """Whether it runs workflows too, and so has an interpreter version to make current."""


def gate_services(
    settings: Settings, stores: Stores, plans: Plans, *, attributes: bool = True
) -> GateServices:
    """The gate of a platform worker: it holds the key that grants are signed with."""
    key = SigningKey.from_pem(signing_key_pem(settings.home, "gate"))
    signing_key_pem(settings.home, "intake")
    keys = Keyring.from_pems(public_key_pems(settings.home).values())
    return GateServices(
        keys=keys,
        plans=plans,
        key=key,
        decider=Decider(stores, plans),
        attributes=attributes,
        telemetry=stores.telemetry,
    )


def catalog_of(
    capabilities: Capabilities,
    adapters: Adapters,
    queue: str,
    reconcile_seconds: float | None = None,
) -> Catalog:
    """What a pool serving these on `queue` publishes; `reconcile_seconds` replaces what the
    adapters themselves say."""
    bound: dict[str, object] = {"queue": queue}
    if reconcile_seconds is not None:
        bound["reconcile_seconds"] = reconcile_seconds
    return Catalog(
        capabilities=tuple(one.spec.model_copy(update={"queue": queue}) for one in capabilities),
        adapters=tuple(spec.model_copy(update=bound) for spec in adapters.specs),
    )


@asynccontextmanager
async def open_pool(
    settings: Settings,
    stores: Stores,
    *,
    name: str = PLATFORM,
    options: Options = Options(),
    client: Client | None = None,
) -> AsyncIterator[Pool]:
    """A pool in the order of the design: runtime, Smart City, realms, solutions, experience.

    The pool `platform` interprets runs and serves everything installed; a pool of any other name
    serves what other people's packages bring, on a task queue of that name.
    """
    interprets = name == PLATFORM
    sys.setswitchinterval(SWITCH)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    plans = Plans(stores.definitions)
    services = gate_services(settings, stores, plans, attributes=options.attributes)
    workflows = WORKFLOWS if interprets else ()
    plugin = SymphainyPlugin(
        services,
        workflows=workflows,
        blobs=stores.blobs,
        codec=codec_of(settings, stores.data_keys),
        sandboxed=options.sandboxed,
    )
    client = client or await connect(settings, plugin, metrics=settings.temporal_metrics)
    await belong(stores, client)
    log.info("runtime: connected to namespace %s", client.namespace)
    log.info("smart city: gate key %s", services.key.kid if services.key else "none")
    served = installed(ours=interprets)
    catalog = catalog_of(
        *served, QUEUE if interprets else name, settings.delivery_reconcile_seconds
    )
    await asyncio.to_thread(stores.catalogs.publish, name, catalog)
    log.info("realms: %d capabilities registered", len(catalog.capabilities))
    await asyncio.to_thread(_preload, stores, plans)
    log.info("solutions: plans loaded; experience: %d adapters bound", len(catalog.adapters))
    activities = _activities(settings, stores, plans, client, served, options, interprets)
    if not activities:
        raise Refused(
            "run.pool-empty",
            f"pool {name!r} has nothing to serve: install a package with entry points of "
            "`symphainy.capabilities` or `symphainy.adapters`",
        )
    queue = QUEUE if interprets else name
    worker = worker_on(client, queue, activities, options, interprets)
    pool = Pool(name, client, worker, catalog, interprets)
    async with AsyncExitStack() as stack:
        if interprets and options.tending:
            hub = _intake(settings, stores, plans, client, options).hub
            await stack.enter_async_context(_tending(settings, stores, client, hub, options))
        stack.enter_context(offering(stores.telemetry.meters, settings.worker_metrics))
        yield pool


@asynccontextmanager
async def _tending(
    settings: Settings, stores: Stores, client: Client, hub: Hub, options: Options
) -> AsyncIterator[None]:
    """Do what nobody asks for while the body runs."""
    keep = timedelta(days=settings.events_keep_days)
    facts = timedelta(days=settings.facts_keep_days)
    # Without search attributes there is nothing that runs are found by.
    watch = Watch(client, stores) if options.attributes else None
    async with (
        sweeping(hub, watch, keep),
        posting(stores, settings, options.egress),
        drifting(client, stores),
        lapsing(stores),
        letting_go(stores, keep, facts, client if options.attributes else None),
        alarming(client, stores, settings),
    ):
        yield


def installed(*, ours: bool) -> tuple[Capabilities, Adapters]:
    """What this environment serves; with `ours` also what we bring. Each plugin that is left out
    is logged."""
    capabilities, adapters = Capabilities.installed(ours=ours), Adapters.installed(ours=ours)
    for lacking in capabilities.problems:
        log.warning("plugin %s is left out: %s", lacking.plugin, lacking.message)
    for broken in adapters.problems:
        log.warning("plugin %s is left out: %s", broken.plugin, broken.message)
    return capabilities, adapters


def _activities(
    settings: Settings,
    stores: Stores,
    plans: Plans,
    client: Client,
    served: tuple[Capabilities, Adapters],
    options: Options,
    interprets: bool,
) -> list[Callable[..., Any]]:
    capabilities, adapters = served
    intake = _intake(settings, stores, plans, client, options)
    vault = Vault(settings)
    services = {
        Customers: stores.customers,
        Intake: intake,
        Settings: settings,
        Vault: vault,
    }
    egress = options.egress or Egress(settings.egress_allow)
    sessions = Sessions(client, stores, intake.key, attributes=options.attributes)
    sending: dict[type, Any] = {
        Settings: settings,
        Outbox: stores.outbox,
        Vault: vault,
        Egress: egress,
        Webhooks: stores.webhooks,
        Answers: stores.answers,
        Conversations: sessions,
    }
    receipts = Receipts(stores, plans, intake.hub, settings.environment)
    found = [activity_of(one, services) for one in capabilities]
    if adapters.specs:
        found += Deliverer(stores, plans, adapters, settings, sending).activities()
    if any(one.receives for one in adapters.specs):
        reader = CallbackReader(stores, plans, adapters, settings, sending, receipts, sessions)
        found.append(reader.activity())
    if interprets:
        authorizer = Authorizer(egress)
        found.append(request_activity(authorizer, vault))
        found += remote_activities(egress, plans, authorizer, vault)
        found += [emit_activity(intake.hub), *listening(stores.events), publishing(intake.hub)]
        found += admissions(intake.child, partial(outcome_of, client))
        found.append(repeating(intake))
        found += turning(client, stores, intake, receipts.of)
    return found


def worker_on(
    client: Client,
    queue: str,
    activities: list[Callable[..., Any]],
    options: Options,
    interprets: bool,
) -> Worker:
    """A worker that serves these activities from `queue`."""
    version = WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=BUILD)
    deployment = WorkerDeploymentConfig(
        version=version,
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
    return Worker(
        client,
        task_queue=queue,
        activities=activities,
        max_cached_workflows=options.cached,
        workflow_task_poller_behavior=POLLERS,
        activity_task_poller_behavior=POLLERS,
        graceful_shutdown_timeout=GRACE,
        deployment_config=deployment if options.versioned and interprets else None,
    )


def _intake(
    settings: Settings, stores: Stores, plans: Plans, client: Client, options: Options
) -> Intake:
    key = SigningKey.from_pem(signing_key_pem(settings.home, "intake"))
    size = settings.intake_at_once
    return Intake(client, stores, plans, key, attributes=options.attributes, at_once=size)


def _preload(stores: Stores, plans: Plans) -> None:
    found: list[tuple[str, Mapping[str, Any]]] = list(stores.definitions.plans(limit=500))
    plans.preload((digest, Plan.model_validate(plan)) for digest, plan in reversed(found))
