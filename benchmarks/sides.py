"""The sides of a measurement: the same work by hand in two manners, and as a definition."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from temporalio.client import WorkflowHandle

from benchmarks.child import PROFILE
from benchmarks.definitions import EVENT, Work, text_of
from benchmarks.handwritten import PLAIN, TUNED
from benchmarks.letters import create
from benchmarks.processes import serving
from benchmarks.server import Server
from public_works import Settings, Stores
from public_works.keyfiles import signing_key_pem
from smart_city.signing import SigningKey
from symphainy.identity import Principal
from symphainy.intent import Intent
from symphainy.json import Json, digest
from temporal.codec import codec_of
from temporal.connection import connect
from temporal.intake import Intake
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from temporal.runs import Runs
from workers.pool import gate_services
from workflows.compiler import compile

__all__ = [
    "CUSTOMERS",
    "OWNER",
    "ByHand",
    "Platform",
    "Side",
    "by_hand",
    "deploy",
    "platform",
    "sides",
]

CUSTOMERS = 200
OWNER = Principal(tenant="acme", id="benchmark", kind="user", roles=frozenset({"admin"}))
METADATA = "Metadata-Version: 2.1\nName: symphainy-benchmark\nVersion: 1.0\n"
ENTRY = "[symphainy.capabilities]\nbenchmark = benchmarks.capability:CAPABILITIES\n"

_started = count()


class Side(Protocol):
    """One way to do the work."""

    @property
    def name(self) -> str:
        """What it is called in a report."""
        ...

    @property
    def pid(self) -> int:
        """Its worker's process."""
        ...

    async def start(self, work: Work) -> WorkflowHandle[Any, Any]:
        """Begin one flow."""
        ...

    async def commits(self) -> int | None:
        """Transactions that wrote to a database of this side so far; None if nobody counts."""
        ...


@dataclass(frozen=True)
class ByHand:
    """Workflows written by hand, on a worker of their own."""

    server: Server
    pid: int
    name: str
    """`plain` or `tuned`, which is its task queue too."""

    async def start(self, work: Work) -> WorkflowHandle[Any, Any]:
        """See Side."""
        n = next(_started)
        handle = await self.server.client.start_workflow(
            work,
            _payload(n),
            id=f"{self.name}-{n}",
            task_queue=self.name,
            request_eager_start=self.name == TUNED,
        )
        if work == "listening":
            await handle.signal("go", {"flow": str(n)})
        return handle

    async def commits(self) -> int | None:
        """See Side."""
        return None


@dataclass(frozen=True)
class Platform:
    """A definition on the platform's own pool."""

    process: asyncio.subprocess.Process
    intake: Intake
    runs: Runs
    solutions: dict[Work, str] = field(default_factory=dict)
    name: str = "ours"

    @property
    def pid(self) -> int:
        """See Side."""
        return self.process.pid

    async def start(self, work: Work) -> WorkflowHandle[Any, Any]:
        """See Side."""
        n = next(_started)
        intent = Intent(
            principal=OWNER, solution=self.solutions[work], name="start", payload=_payload(n)
        )
        submitted = await self.intake.submit(intent)
        if work == "listening":
            event = {"specversion": "1.0", "id": f"e{n}", "source": "/benchmark", "type": EVENT}
            await self.intake.hub.accept(
                OWNER, intent.environment, {**event, "data": {"flow": str(n)}}
            )
        return self.runs.handle(OWNER.tenant, submitted.run)

    async def commits(self) -> int | None:
        """See Side."""
        self.process.send_signal(signal.SIGUSR1)
        if self.process.stdout is None:
            return None
        return int(await self.process.stdout.readline())


@asynccontextmanager
async def by_hand(
    server: Server, home: Path, name: str, profile: Path | None
) -> AsyncIterator[ByHand]:
    """The side `plain` or `tuned`, with its worker."""
    environment = _environment(server, home, profile and profile / f"{name}.prof")
    async with serving("benchmarks.byhand", environment, name) as process:
        yield ByHand(server, process.pid, name)


@asynccontextmanager
async def sides(
    server: Server, home: Path, works: Iterable[Work], profile: Path | None = None
) -> AsyncIterator[tuple[Side, Side, Side]]:
    """All three, ready for `works`."""
    await asyncio.to_thread(_letters, home)
    async with (
        by_hand(server, home, PLAIN, profile) as plain,
        by_hand(server, home, TUNED, profile) as tuned,
        platform(server, home, works, profile) as ours,
    ):
        yield plain, tuned, ours


@asynccontextmanager
async def platform(
    server: Server, home: Path, works: Iterable[Work], profile: Path | None = None
) -> AsyncIterator[Platform]:
    """The platform's side, with its pool, its customers and the definitions of `works`."""
    settings = Settings(home=home, temporal_address=server.address)
    stores = Stores.open(settings)
    for name in ("intake", "gate"):
        signing_key_pem(home, name)
    environment = _environment(server, home, profile and profile / "ours.prof")
    environment["PYTHONPATH"] = str(_plugin(home / "plugins"))
    async with serving("benchmarks.pool", environment) as process:
        plans = Plans(stores.definitions)
        client = await connect(
            settings,
            SymphainyPlugin(
                gate_services(settings, stores, plans), codec=codec_of(settings, stores.data_keys)
            ),
        )
        key = SigningKey.from_pem(signing_key_pem(home, "intake"))
        intake = Intake(client, stores, plans, key)
        side = Platform(process, intake, Runs(client, key))
        await asyncio.to_thread(_people, stores)
        for work in works:
            side.solutions[work] = await asyncio.to_thread(deploy, stores, work)
        yield side
    stores.close()


def _environment(server: Server, home: Path, profile: Path | None) -> dict[str, str]:
    found = {"SYMPHAINY_HOME": str(home), "SYMPHAINY_TEMPORAL_ADDRESS": server.address}
    return {**found, PROFILE: str(profile)} if profile else found


def _plugin(folder: Path) -> Path:
    """A folder from which the capability is installed as any third party's is."""
    info = folder / "symphainy_benchmark-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY)
    return folder


def _people(stores: Stores) -> None:
    consents = [{"channel": "email", "purpose": "transactional", "granted": True}]
    for n in range(CUSTOMERS):
        stores.customers.upsert(
            OWNER.tenant,
            f"c{n}",
            name=f"Customer {n}",
            email=f"c{n}@customer.example",
            zone="UTC",
            consents=consents,
        )


def _payload(n: int) -> dict[str, Json]:
    return {
        "n": 0,
        "amount": 100,
        "risk": "low",
        "customer": f"c{n % CUSTOMERS}",
        "flow": str(n),
    }


def _letters(home: Path) -> None:
    os.environ["SYMPHAINY_HOME"] = str(home)
    create(CUSTOMERS)


def deploy(stores: Stores, work: Work, by: Principal = OWNER) -> str:
    """Register and deploy the definition of `work`; the solution's name."""
    text = text_of(work)
    plan = compile(text, stores.catalogs.read()).plan
    if plan is None:
        raise SystemExit(f"the definition of {work} does not compile")
    stores.definitions.register(
        by.tenant,
        plan.solution,
        plan.version,
        digest=digest(text),
        text=text,
        media_type="application/yaml",
        plan=plan.dump(),
        plan_digest=plan.digest,
        author=by.id,
    )
    stores.definitions.deploy(by.tenant, plan.solution, plan.version, "production", by.id)
    return plan.solution
