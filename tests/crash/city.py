"""A whole platform, every part of it a process that can be killed."""

import asyncio
import socket
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError

from public_works import Settings, Stores
from public_works.keyfiles import signing_key_pem
from public_works.ledger import DeliveryRecord
from smart_city.signing import SigningKey
from symphainy.errors import Unavailable
from symphainy.intent import Intent
from symphainy.json import Json, digest
from temporal import attributes
from temporal.codec import codec_of
from temporal.connection import connect
from temporal.intake import Intake
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from temporal.runs import Run, Runs
from tests.crash.process import Process, until
from tests.runtime.platform import OWNER, free_port, temporal_binary
from workers.pool import gate_services
from workflows.compiler import compile

__all__ = ["TENANT", "City", "Processes", "city"]

TENANT = OWNER.tenant


@dataclass
class Processes:
    """The mail server, Temporal and a worker, over one folder."""

    folder: Path
    drop_rate: float
    seed: int
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        twin = ["-m", "tests.twins.smtp", "--state", str(self.folder / "twin")]
        fails = ["--drop-rate", str(self.drop_rate), "--seed", str(self.seed)]
        self.twin = self._process("twin", [sys.executable, *twin, *fails])
        self.temporal = self._process("temporal", _server(self.folder, self.port))
        worker = [sys.executable, "-m", "tests.crash.worker", str(self.ready)]
        self.worker = self._process("worker", worker)

    @property
    def ready(self) -> Path:
        """There when the worker works."""
        return self.folder / "ready"

    @property
    def all(self) -> tuple[Process, ...]:
        return self.twin, self.temporal, self.worker

    async def start_twin(self) -> None:
        """Have a mail server, and the worker know it."""
        self.twin.start()
        told = self.folder / "twin" / "port"
        await self.until(told.exists, "the mail server listens")
        self.worker.environment.update(_known(self.folder, self.port, told.read_text()))

    async def start_temporal(self) -> None:
        """Have a server that listens."""
        self.temporal.start()
        await self.until(lambda: _listens(self.port), "Temporal listens")

    async def start_worker(self) -> None:
        """Have a worker that works."""
        self.ready.unlink(missing_ok=True)
        self.worker.start()
        await self.until(self.ready.exists, "the worker is ready")

    async def until(self, what: Callable[[], object], told: str) -> None:
        """Return as soon as `what` is true; AssertionError if it is not in two minutes, or if a
        process ends by itself."""

        def seen() -> bool:
            for one in self.all:
                one.check()
            return bool(what())

        await until(seen, told, within=120)

    def end(self) -> None:
        """Leave none of them."""
        for one in reversed(self.all):
            one.end()

    def _process(self, name: str, command: list[str]) -> Process:
        return Process(name, command, self.folder / f"{name}.log", {})


@dataclass
class City:
    """What tests talk to; of the platform only its door is in their process."""

    processes: Processes
    stores: Stores
    intake: Intake
    runs: Runs

    @property
    def box(self) -> Path:
        """Where the letter boxes of `tests.crash.adapters` are."""
        return self.processes.folder / "box"

    def deploy(self, text: str) -> str:
        """Register and deploy a definition; the solution's address."""
        text = textwrap.dedent(text)
        plan = compile(text, self.stores.catalogs.read()).plan
        assert plan is not None
        definitions = self.stores.definitions
        definitions.register(
            TENANT,
            plan.solution,
            plan.version,
            digest=digest(text),
            text=text,
            media_type="application/yaml",
            plan=plan.dump(),
            plan_digest=plan.digest,
            author=OWNER.id,
        )
        definitions.deploy(TENANT, plan.solution, plan.version, "production", OWNER.id)
        return plan.solution

    async def submit(self, solution: str, payload: Json, key: str) -> str:
        """The run of that intent, asked for as often as the platform says it is safe."""
        intent = Intent(
            principal=OWNER, solution=solution, name="start", payload=payload, idempotency_key=key
        )
        async with asyncio.timeout(120):
            while True:
                with suppress(Unavailable):
                    return (await self.intake.submit(intent)).run

    async def finish(self, run: str) -> Run:
        """The run when it is over."""
        async with asyncio.timeout(240):
            with suppress(WorkflowFailureError):
                await self.runs.handle(TENANT, run).result()
        return await self.runs.get(TENANT, run)

    def deliveries(self) -> list[DeliveryRecord]:
        """All that the ledger knows."""
        return self.stores.ledger.list(TENANT, limit=200)

    def in_flight(self) -> set[str]:
        """Deliveries claimed and not settled; stable while there is no worker."""
        return {one.id for one in self.deliveries() if one.state == "in_flight"}


@asynccontextmanager
async def city(folder: Path, *, drop_rate: float = 0.0, seed: int = 0) -> AsyncIterator[City]:
    """A platform in `folder`, and nothing of it afterwards."""
    _install_letter_boxes(folder / "site")
    (folder / "box").mkdir()
    processes = Processes(folder, drop_rate, seed)
    settings = Settings(home=folder / "home", temporal_address=f"127.0.0.1:{processes.port}")
    stores = Stores.open(settings)
    try:
        await processes.start_twin()
        await processes.start_temporal()
        one = await _opened(processes, settings, stores)
        await processes.start_worker()
        yield one
    finally:
        processes.end()
        stores.close()


async def _opened(processes: Processes, settings: Settings, stores: Stores) -> City:
    pems = {name: signing_key_pem(settings.home, name) for name in ("intake", "gate")}
    plans = Plans(stores.definitions)
    client = await _connected(
        settings,
        SymphainyPlugin(
            gate_services(settings, stores, plans), codec=codec_of(settings, stores.data_keys)
        ),
    )
    await attributes.register(client)
    key = SigningKey.from_pem(pems["intake"])
    intake = Intake(client, stores, plans, key)
    return City(processes, stores, intake, Runs(client, key))


async def _connected(settings: Settings, plugin: SymphainyPlugin) -> Client:
    async with asyncio.timeout(120):
        while True:
            with suppress(RuntimeError, RPCError):
                client = await connect(settings, plugin)
                # The namespace is there a little later than the port.
                async for _ in client.list_workflows(limit=1):
                    pass
                return client


def _server(folder: Path, port: int) -> list[str]:
    return [
        *(str(temporal_binary()), "server", "start-dev", "--headless", "--log-level", "error"),
        *("--ip", "127.0.0.1", "--port", str(port), "--db-filename", str(folder / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"),
        *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=100"),
        *("--dynamic-config-value", "matching.enableFairness=true"),
    ]


def _known(folder: Path, temporal: int, smtp: str) -> dict[str, str]:
    """What the worker knows of the world."""
    return {
        "PYTHONPATH": str(folder / "site"),
        "CRASH_BOX": str(folder / "box"),
        "SYMPHAINY_HOME": str(folder / "home"),
        "SYMPHAINY_TEMPORAL_ADDRESS": f"127.0.0.1:{temporal}",
        "SYMPHAINY_SMTP_HOST": "127.0.0.1",
        "SYMPHAINY_SMTP_PORT": smtp,
        "SYMPHAINY_SMTP_TLS": "none",
    }


def _install_letter_boxes(site: Path) -> None:
    """What pip leaves of a package that brings adapters."""
    package = site / "letter_boxes-1.0.0.dist-info"
    package.mkdir(parents=True)
    about = "Metadata-Version: 2.1\nName: letter-boxes\nVersion: 1.0.0\n"
    (package / "METADATA").write_text(about)
    entry = "[symphainy.adapters]\nletter-boxes = tests.crash.adapters:ADAPTERS\n"
    (package / "entry_points.txt").write_text(entry)


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
