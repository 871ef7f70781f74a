"""Rounds of flows and what each used, and the figures over interleaved pairs of them."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, NamedTuple

from temporalio.client import WorkflowHandle

from benchmarks.definitions import Work
from benchmarks.processes import busy_seconds, cpu_seconds
from benchmarks.server import Server
from benchmarks.sides import Side

__all__ = ["Round", "Shape", "Spread", "look", "pairs", "play"]

SETTLED = 2.0
"""Seconds after which the server has done what follows the end of a run."""


@dataclass(frozen=True)
class Round:
    """Some flows of one side; CPU in milliseconds a flow."""

    rate: float
    """Flows a second."""
    worker: float
    server: float
    driver: float
    others: float
    """Cores that processes outside the measurement kept busy meanwhile."""


@dataclass(frozen=True)
class Shape:
    """What one flow leaves behind; the same on every machine."""

    events: int
    history: int
    """Bytes."""
    requests: float
    """How often the server wrote the run's state to its database."""
    commits: float | None
    """Transactions that write to ours."""


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        if len(values) < 2:
            return cls(values[0], values[0], values[0])
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(low, median(values), high)

    def __format__(self, spec: str) -> str:
        return f"{self.middle:{spec}} ({self.low:{spec}} to {self.high:{spec}})"


async def play(side: Side, server: Server, work: Work, flows: int, in_flight: int) -> Round:
    """Do `flows`, `in_flight` at a time."""
    slots = asyncio.Semaphore(in_flight)

    async def flow() -> None:
        async with slots:
            await (await side.start(work)).result()

    before, started = _used(side, server), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(flows):
            group.create_task(flow())
    seconds, after = time.perf_counter() - started, _used(side, server)
    worker, serving, driver, machine = (b - a for a, b in zip(before, after, strict=True))
    each = 1_000 / flows
    others = (machine - worker - serving - driver) / seconds
    return Round(flows / seconds, worker * each, serving * each, driver * each, others)


async def pairs(
    sides: Sequence[Side], server: Server, work: Work, *, count: int, flows: int, in_flight: int
) -> list[list[Round]]:
    """`count` rounds of each side, interleaved; who begins goes round too."""
    rounds: list[list[Round]] = [[] for _ in sides]
    for n in range(count):
        for at in range(len(sides)):
            which = (n + at) % len(sides)
            rounds[which].append(await play(sides[which], server, work, flows, in_flight))
    return rounds


async def look(side: Side, server: Server, work: Work, *, flows: int = 5, times: int = 3) -> Shape:
    """What a flow leaves behind, one flow after the other."""
    counted = [await _counted(side, server, work, flows) for _ in range(times)]
    described = await counted[-1].last.describe()
    info = described.raw_description.workflow_execution_info
    # More is written when a task finds nobody waiting for it; the least is what it takes.
    requests = min(one.requests for one in counted)
    commits = [one.commits for one in counted if one.commits is not None]
    return Shape(info.history_length, info.history_size_bytes, requests, min(commits, default=None))


class _Counted(NamedTuple):
    last: WorkflowHandle[Any, Any]
    requests: float
    commits: float | None


async def _counted(side: Side, server: Server, work: Work, flows: int) -> _Counted:
    await asyncio.sleep(SETTLED)
    requests, commits = await server.writes(), await side.commits()
    for _ in range(flows):
        handle = await side.start(work)
        await handle.result()
    await asyncio.sleep(SETTLED)
    written, committed = await server.writes(), await side.commits()
    made = None if commits is None or committed is None else (committed - commits) / flows
    return _Counted(handle, (written - requests) / flows, made)


def _used(side: Side, server: Server) -> tuple[float, float, float, float]:
    return cpu_seconds(side.pid), cpu_seconds(server.pid), cpu_seconds(os.getpid()), busy_seconds()
