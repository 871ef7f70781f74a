"""What runs cost that wait for a day.

    .venv/bin/python benchmarks/parked.py [--runs 2000] [--in-flight 32]

Each side in turn, on a server of its own: how many runs a second reach their wait, what the worker
holds in memory then, and what a run takes in the server's database.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.processes import memory
from benchmarks.server import Server, serve
from benchmarks.sides import Side, by_hand, platform

NAMES = ("plain", "tuned", "ours")
PAUSE = 0.2
WARM = 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--in-flight", type=int, default=32)
    asked = parser.parse_args()
    print("side     starts/s   parked/s   worker MB: before   after   server bytes a run")
    for name in NAMES:
        asyncio.run(_measure(name, asked.runs, asked.in_flight))
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _measure(name: str, runs: int, in_flight: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with serve(home) as server, _side(name, server, home) as side:
            await _start(side, WARM, in_flight)
            await _parked(server, WARM)
            before, kept, begun = memory(side.pid), _stored(home), time.perf_counter()
            await _start(side, runs, in_flight)
            started = time.perf_counter() - begun
            await _parked(server, WARM + runs)
            parked = time.perf_counter() - begun
            await asyncio.sleep(1)
            after, each = memory(side.pid), (_stored(home) - kept) / runs
    print(
        f"{name:<8} {runs / started:8.0f} {runs / parked:10.0f} {before:18.0f} {after:7.0f}"
        f" {each:20,.0f}",
        flush=True,
    )


@asynccontextmanager
async def _side(name: str, server: Server, home: Path) -> AsyncIterator[Side]:
    if name == "ours":
        async with platform(server, home, ("parked",)) as ours:
            yield ours
    else:
        async with by_hand(server, home, name, None) as hand:
            yield hand


async def _start(side: Side, runs: int, in_flight: int) -> None:
    slots = asyncio.Semaphore(in_flight)

    async def one() -> None:
        async with slots:
            await side.start("parked")

    async with asyncio.TaskGroup() as group:
        for _ in range(runs):
            group.create_task(one())


async def _parked(server: Server, runs: int) -> None:
    """Return when so many timers were started."""
    while await server.timers() < runs:  # noqa: ASYNC110 - another process counts
        await asyncio.sleep(PAUSE)


def _stored(home: Path) -> int:
    return sum(file.stat().st_size for file in home.glob("**/temporal.db*"))


if __name__ == "__main__":
    main()
