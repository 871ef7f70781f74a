"""What a tenant notices of another one's flood.

    .venv/bin/python benchmarks/fairness.py [--flood 10000] [--in-flight 64] [--samples 60]

One tenant sends intents as fast as it can, past every rate limit, since it does not come through
the API. Another sends one now and then. Printed is how long until its intent is accepted, until a
worker has the run's first task and until the run has ended: before, while the flood is sent and
while it is worked off.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.definitions import Work
from benchmarks.processes import busy_seconds, cpu_seconds
from benchmarks.server import Server, serve
from benchmarks.sides import Platform, deploy, platform
from public_works import Settings, Stores
from symphainy.identity import Principal
from symphainy.intent import Intent
from symphainy.json import Json

FIRST = 3
"""The event by which a worker has taken the first task."""
SCHEDULED = EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
STARTED = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
WORK: Work = "answer"
QUIET = Principal(tenant="quiet", id="benchmark", kind="user", roles=frozenset({"admin"}))
LOUD = Principal(tenant="loud", id="benchmark", kind="user", roles=frozenset({"admin"}))
PAUSE = 0.05
LEAD = 0.5
"""Seconds of flood before the other tenant is looked at."""
LEAST = 3
TARGET = 2.0


@dataclass
class Latencies:
    """What the runs of one tenant waited, in seconds."""

    taken: list[float] = field(default_factory=list)
    """Until the intent was accepted."""
    queued: list[float] = field(default_factory=list)
    """From when the server had the run until a worker had its first task."""
    begun: list[float] = field(default_factory=list)
    """From when the intent was sent until a worker had its first task."""
    ended: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--flood", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--samples", type=int, default=60)
    asked = parser.parse_args()
    asyncio.run(_measure(asked.flood, asked.in_flight, asked.samples))
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _measure(flood: int, in_flight: int, samples: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with serve(home) as server, platform(server, home, ()) as side:
            solution = await asyncio.to_thread(_deployed, home, server)
            tenants = Tenants(side, solution, server.client)
            await tenants.watched(10)
            before = await tenants.watched(samples)
            _print("before", before)
            busy, own, begun = busy_seconds(), _own(side, server), time.perf_counter()
            flooding = asyncio.create_task(tenants.flood(flood, in_flight))
            await asyncio.sleep(LEAD)
            sending = await tenants.watched(LEAST, flooding)
            await tenants.told("while the flood is sent", sending, before)
            await flooding
            working = await tenants.watched(samples)
            await tenants.told("while it is worked off", working, before)
            took = time.perf_counter() - begun
            others = (busy_seconds() - busy - (_own(side, server) - own)) / took
            print(f"others of the machine used {others:.1f} cores")


class Tenants:
    """Both of them, at one platform."""

    def __init__(self, side: Platform, solution: str, client: Client) -> None:
        self._side = side
        self._client = client
        self._solution = solution
        self._count = count()
        self.sent = 0

    async def flood(self, intents: int, in_flight: int) -> None:
        """Send so many, `in_flight` at once, without waiting for what becomes of them."""
        slots = asyncio.Semaphore(in_flight)

        async def one() -> None:
            async with slots:
                await self._send(LOUD)
                self.sent += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(intents):
                group.create_task(one())

    async def watched(
        self, samples: int, flooding: "asyncio.Task[None] | None" = None
    ) -> Latencies:
        """What runs of the quiet tenant wait, one after the other: so many, and as many more as
        fit into the flood."""
        found = Latencies()
        while len(found.begun) < samples or (flooding and not flooding.done()):
            sent = time.time()
            run = await self._send(QUIET)
            found.taken.append(time.time() - sent)
            handle = self._side.runs.handle(QUIET.tenant, run)
            await handle.result()
            found.ended.append(time.time() - sent)
            events = {
                one.event_type: one.event_time.ToNanoseconds() / 1e9
                async for one in handle.fetch_history_events()
                if one.event_id <= FIRST
            }
            found.begun.append(events[STARTED] - sent)
            found.queued.append(events[STARTED] - events[SCHEDULED])
            await asyncio.sleep(PAUSE)
        return found

    async def told(self, when: str, found: Latencies, before: Latencies) -> None:
        """Print what was found, beside what it was before."""
        closed = await self._client.count_workflows("ExecutionStatus != 'Running'")
        _print(when, found)
        print(f"  {self.sent:,} sent, of which {max(0, self.sent - closed.count):,} are not done")
        ratio = median(found.begun) / median(before.begun)
        print(f"  median until begun {ratio:.1f} times as long (target {TARGET:.0f})", flush=True)

    async def _send(self, by: Principal) -> str:
        payload: dict[str, Json] = {
            "n": 0,
            "amount": 1,
            "risk": "low",
            "flow": f"{next(self._count)}",
        }
        intent = Intent(principal=by, solution=self._solution, name="start", payload=payload)
        return (await self._side.intake.submit(intent)).run


def _deployed(home: Path, server: Server) -> str:
    stores = Stores.open(Settings(home=home, temporal_address=server.address))
    try:
        (solution,) = {deploy(stores, WORK, by) for by in (QUIET, LOUD)}
        return solution
    finally:
        stores.close()


def _own(side: Platform, server: Server) -> float:
    return sum(cpu_seconds(pid) for pid in (os.getpid(), side.pid, server.pid))


def _print(when: str, found: Latencies) -> None:
    def shown(seconds: Sequence[float]) -> str:
        return (
            f"median {median(seconds) * 1e3:6.0f} ms, p95 {quantiles(seconds, n=20)[-1] * 1e3:6.0f}"
        )

    print(f"{when}: {len(found.begun)} runs")
    print(f"  until accepted  {shown(found.taken)}")
    print(f"  in the queue    {shown(found.queued)}")
    print(f"  until begun     {shown(found.begun)}")
    print(f"  until ended     {shown(found.ended)}", flush=True)


if __name__ == "__main__":
    main()
