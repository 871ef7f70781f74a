"""A Temporal dev server as the platform embeds it, in a folder of its own."""

import asyncio
import re
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client

from idp.launcher.ports import choose
from idp.launcher.runtime import answering, prepare
from idp.launcher.server import binary, command
from public_works import Settings
from temporal import attributes

__all__ = ["Server", "serve"]

REQUESTS = re.compile(r'^persistence_requests\{[^}]*operation="(\w+)"[^}]*\} (\d+)', re.MULTILINE)
# Every change of a run is one of these, with its history. What matching writes besides depends on
# whether a poller happens to wait, so it is not counted.
TIMERS = re.compile(r'^command\{[^}]*commandType="StartTimer"[^}]*\} (\d+)', re.MULTILINE)
WRITES = ("CreateWorkflowExecution", "UpdateWorkflowExecution")


@dataclass(frozen=True)
class Server:
    """Where it answers and which process it is."""

    address: str
    pid: int
    client: Client
    metrics: str

    async def writes(self) -> int:
        """How often it wrote a run's state and history to its database, so far."""
        text = await asyncio.to_thread(_read, self.metrics)
        return sum(int(times) for name, times in REQUESTS.findall(text) if name in WRITES)

    async def timers(self) -> int:
        """How many timers runs have started, so far."""
        text = await asyncio.to_thread(_read, self.metrics)
        return sum(int(times) for times in TIMERS.findall(text))


@asynccontextmanager
async def serve(home: Path) -> AsyncIterator[Server]:
    """The server with the settings of the launcher, until the end of the block."""
    temporal = binary()
    if temporal is None:
        raise SystemExit("there is no `temporal` in this environment")
    port = choose(0)
    ui = choose(0, frozenset({port}))
    metrics = choose(0, frozenset({port, ui}))
    with (home / "temporal.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command(temporal, home, port, ui, "default", "http://127.0.0.1:1/codec"),
            *("--metrics-port", str(metrics)),
            stdout=log,
            stderr=log,
        )
    try:
        settings = Settings(home=home, temporal_address=f"127.0.0.1:{port}")
        client = await answering(settings, timedelta(seconds=30))
        for missing in await prepare(client, home):
            raise SystemExit(f"the server is not as it should be: {missing}")
        await attributes.register(client)
        where = f"http://127.0.0.1:{metrics}/metrics"
        yield Server(f"127.0.0.1:{port}", process.pid, client, where)
    finally:
        process.terminate()
        await process.wait()


def _read(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())
