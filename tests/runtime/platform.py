"""A platform in one process, on a real Temporal server: what a test deploys, it can run."""

import asyncio
import json
import sys
import textwrap
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from idp.launcher.ports import choose
from public_works import Settings, Stores
from public_works.keyfiles import signing_key_pem
from public_works.resources import Library
from smart_city.signing import SigningKey
from symphainy.errors import Unavailable
from symphainy.identity import Principal
from symphainy.intent import Intent, Submission
from symphainy.json import Json, digest
from symphainy.plan import Plan
from symphainy.resource import Fetched
from temporal import attributes
from temporal.codec import codec_of
from temporal.events import RunEvent, follow
from temporal.intake import Intake
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from temporal.runs import Run, Runs
from workers.deployment import make_current
from workers.pool import WORKFLOWS, Options, gate_services, open_pool
from workflows.compiler import Compiled, check, compile, complete

OWNER = Principal(tenant="acme", id="owner", kind="user", roles=frozenset({"admin"}))
LEAD = Principal(tenant="acme", id="lead", kind="user", roles=frozenset({"collections-lead"}))

PATIENCE = timedelta(minutes=2)
"""How long a server may take to come up."""


@dataclass
class Platform:
    """What tests talk to."""

    settings: Settings
    stores: Stores
    client: Client
    intake: Intake
    runs: Runs
    environment: WorkflowEnvironment
    library: Library
    count: int = field(default=0)

    def deploy(self, text: str, *, tenant: str = "acme", environment: str = "production") -> str:
        """Register and deploy a definition under a name of its own; the solution's address."""
        text = self._named(text)
        plan = compile(text, self.stores.catalogs.read()).plan
        assert plan is not None
        return self._keep(text, plan, tenant, environment)

    async def fetched(
        self, text: str, *, tenant: str = "acme", environment: str = "production"
    ) -> str:
        """Like `deploy`, for definitions that name documents: they are fetched before."""
        text = self._named(text)
        compiled = await self.compiled(text, tenant=tenant)
        assert compiled.plan is not None, compiled.findings
        return self._keep(text, compiled.plan, tenant, environment)

    async def compiled(self, text: str, *, tenant: str = "acme") -> Compiled:
        """What the compiler says of a definition and the documents it names."""
        catalog = self.stores.catalogs.read()

        async def once(resources: Mapping[str, Fetched]) -> Compiled:
            return check(text.replace("{{n}}", "0"), catalog, None, resources)

        return await complete(once, self.library.of(tenant))

    def _named(self, text: str) -> str:
        self.count += 1
        return textwrap.dedent(text).replace("{{n}}", str(self.count))

    def _keep(self, text: str, plan: Plan, tenant: str, environment: str) -> str:
        self.stores.definitions.register(
            tenant,
            plan.solution,
            plan.version,
            digest=digest(text),
            text=text,
            media_type="application/yaml",
            plan=plan.dump(),
            plan_digest=plan.digest,
            author="owner",
        )
        self.stores.definitions.deploy(tenant, plan.solution, plan.version, environment, "owner")
        return plan.solution

    async def submit(
        self,
        solution: str,
        payload: Json = None,
        *,
        intent: str = "start",
        key: str | None = None,
        principal: Principal = OWNER,
    ) -> Submission:
        """Start a run."""
        return await self.intake.submit(
            Intent(
                principal=principal,
                solution=solution,
                name=intent,
                payload=payload,
                idempotency_key=key,
            )
        )

    async def finish(self, run: str, *, tenant: str = "acme") -> Run:
        """The run when it is over."""
        unlocked = getattr(self.environment, "time_skipping_unlocked", nullcontext)
        async with unlocked(), asyncio.timeout(240):
            with suppress(WorkflowFailureError):
                await self.runs.handle(tenant, run).result()
        async with asyncio.timeout(60):
            while True:
                # A server that is slow to answer is asked again, as clients do.
                with suppress(Unavailable):
                    return await self.runs.get(tenant, run)

    async def run(self, text: str, payload: Json = None, *, intent: str = "start") -> Run:
        """Deploy, start, and the run when it is over."""
        submitted = await self.submit(await self.fetched(text), payload, intent=intent)
        return await self.finish(submitted.run)

    async def output(self, text: str, payload: Json = None, *, intent: str = "start") -> Json:
        """What the run gives; an AssertionError with its problem if it faulted."""
        run = await self.run(text, payload, intent=intent)
        assert run.status == "completed", json.dumps(run.problem, indent=2)
        return run.output

    async def problem(self, text: str, payload: Json = None) -> dict[str, Any]:
        """What the run faulted with."""
        run = await self.run(text, payload)
        assert run.status == "faulted", run.output
        assert run.problem is not None
        return run.problem

    async def now(self) -> datetime:
        """The server's time, which runs ahead of ours where time is skipped."""
        return await self.environment.get_current_time()

    async def events(self, run: str) -> list[RunEvent]:
        """All that happened so far."""
        workflow_id = self.runs.handle("acme", run).id
        return [event async for event in follow(self.client, workflow_id, wait=False)]

    async def hears(self, type_: str) -> None:
        """An event of that type comes in, which is like no other."""
        self.count += 1
        event: Json = {"specversion": "1.0", "id": f"{type_}-{self.count}", "source": "/test"}
        await self.intake.hub.accept(OWNER, "production", {**event, "type": type_})

    async def until(self, run: str, type_: str, **data: Json) -> RunEvent:
        """The first event of that type whose data has these members; waits for it."""
        # Asked again and again, as the time-skipping server does not tell what comes later.
        async with asyncio.timeout(60):
            while True:
                for event in await self.events(run):
                    if event.type == type_ and data.items() <= event.data.items():
                        return event
                await asyncio.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on, nor gets before it is taken."""
    return choose(0)


def _setting(one: str) -> tuple[str, str]:
    return "--dynamic-config-value", one


@asynccontextmanager
async def real_server(
    folder: Path, *settings: str, namespace: str = "default"
) -> AsyncIterator[WorkflowEnvironment]:
    """Temporal's own dev server, with our settings and `settings` (dynamic config) besides."""
    more = [part for one in settings for part in _setting(one)]
    async with await WorkflowEnvironment.start_local(
        namespace=namespace,
        dev_server_existing_path=str(temporal_binary()),
        dev_server_database_filename=str(folder / "temporal.db"),
        dev_server_log_level="error",
        dev_server_startup_timeout=PATIENCE,
        port=free_port(),
        dev_server_extra_args=[
            "--sqlite-pragma",
            "journal_mode=wal",
            "--sqlite-pragma",
            "synchronous=normal",
            *_setting("history.transferProcessorMaxPollRPS=100"),
            *_setting("matching.enableFairness=true"),
            # A history is not deleted before what stood in these queues is acknowledged.
            *_setting('history.transferProcessorUpdateAckInterval="1s"'),
            *_setting('history.visibilityProcessorUpdateAckInterval="1s"'),
            *_setting('history.timerProcessorMaxTimeShift="20ms"'),
            *more,
        ],
    ) as environment:
        yield environment


@asynccontextmanager
async def skipping_server() -> AsyncIterator[WorkflowEnvironment]:
    """Temporal's test server, on which time passes as fast as runs can wait."""
    binary = temporal_binary().parent / "temporal-test-server"
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(binary),
        test_server_startup_timeout=PATIENCE,
        port=free_port(),
    ) as environment:
        yield environment


def temporal_binary() -> Path:
    """The server that the lock file brings."""
    return Path(sys.executable).parent / "temporal"


@asynccontextmanager
async def platform_on(
    environment: WorkflowEnvironment, folder: Path, options: Options, **settings: Any
) -> AsyncIterator[Platform]:
    """Stores, worker pool and doors, on a server that runs."""
    address = environment.client.service_client.config.target_host
    settings_ = Settings(home=folder, temporal_address=address, **settings)
    stores = Stores.open(settings_)
    for name in ("intake", "gate"):
        signing_key_pem(folder, name)
    plans = Plans(stores.definitions)
    services = gate_services(settings_, stores, plans, attributes=options.attributes)
    plugin = SymphainyPlugin(
        services,
        workflows=WORKFLOWS,
        blobs=stores.blobs,
        codec=codec_of(settings_, stores.data_keys),
        sandboxed=options.sandboxed,
    )
    client = await Client.connect(
        address,
        namespace=environment.client.namespace,
        plugins=[plugin],
    )
    if options.attributes:
        await attributes.register(client)
    key = SigningKey.from_pem(signing_key_pem(folder, "intake"))
    intake = Intake(client, stores, plans, key, attributes=options.attributes)
    try:
        opened = open_pool(settings_, stores, options=options, client=client)
        async with opened as pool, pool.worker:
            if options.versioned:
                await make_current(client)
            library = Library.over(settings_, options.egress)
            runs = Runs(client, key)
            yield Platform(settings_, stores, client, intake, runs, environment, library)
    finally:
        stores.close()
