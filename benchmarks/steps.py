"""What a step costs as part of a definition, beside the same step written by hand.

    .venv/bin/python benchmarks/steps.py [--work steps,short,messages,...] [--pairs 9] [--flows 100]

Three sides on one Temporal dev server with the platform's settings, in turns: *plain* (ordinary
activities, default options), *tuned* (local activities, eager start, pollers and slots) and ours.
"""

import argparse
import asyncio
import os
import platform as machine
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.definitions import WORKS, Work
from benchmarks.rounds import Round, Shape, Spread, look, pairs, play
from benchmarks.server import Server, serve
from benchmarks.sides import Side, sides

STEPS = {
    "steps": 5,
    "short": 5,
    "messages": 5,
    "fork": 100,
    "loops": 9,
    "retries": 6,
    "listening": 3,
    "answer": 1,
}
"""What a flow of each work does."""

WIDE = 10
"""A flow of so many steps or more keeps the machine busy alone: fewer of them, a few at a time."""


@dataclass(frozen=True)
class Result:
    """A side, measured."""

    name: str
    rounds: list[Round]
    shape: Shape


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--work", default="steps,short,messages", help=f"of: {', '.join(STEPS)}")
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--flows", type=int, default=100)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--profile", type=Path, help="folder for a cProfile of each worker")
    asked = parser.parse_args()
    works = [one for one in WORKS if one in STEPS and one in asked.work.split(",")]
    print(_where(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(asked, works, Path(folder)))
    print(f"load afterwards {_load()}", flush=True)
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _measure(asked: argparse.Namespace, works: Sequence[Work], home: Path) -> None:
    if asked.profile:
        asked.profile.mkdir(parents=True, exist_ok=True)
    async with serve(home) as server, sides(server, home, works, asked.profile) as all_sides:
        for work in works:
            _print(work, *await _results(asked, work, server, all_sides))


async def _results(
    asked: argparse.Namespace, work: Work, server: Server, all_sides: Sequence[Side]
) -> list[Result]:
    wide = STEPS[work] >= WIDE
    in_flight = min(asked.in_flight, 4) if wide else asked.in_flight
    flows = max(1, asked.flows // 10) if wide else asked.flows
    for side in all_sides:
        await play(side, server, work, 2 * in_flight, in_flight)
    shapes = [await look(side, server, work, flows=1 if wide else 5) for side in all_sides]
    rounds = await pairs(
        all_sides, server, work, count=asked.pairs, flows=flows, in_flight=in_flight
    )
    return [Result(*one) for one in zip((s.name for s in all_sides), rounds, shapes, strict=True)]


def _print(work: Work, plain: Result, tuned: Result, ours: Result) -> None:
    print(f"\n== {work}: {STEPS[work]} steps a flow")
    for one in (plain, tuned, ours):
        print(f"\n{one.name}")
        for line in _lines(one, STEPS[work]):
            print(f"  {line}")
    for other in (plain, tuned):
        ratios = [b.rate / a.rate for a, b in zip(other.rounds, ours.rounds, strict=True)]
        costs = [_cpu(a) / _cpu(b) for a, b in zip(other.rounds, ours.rounds, strict=True)]
        more = ours.shape.history / other.shape.history - 1
        events = (ours.shape.events - other.shape.events) / STEPS[work]
        print(f"\nours to {other.name}, pair by pair: median (quartiles)")
        print(f"  rate                  {Spread.of(ratios):.2f}")
        print(f"  CPU (1 is equal)      {Spread.of(costs):.2f}")
        print(f"  events a step         {events:+.1f}")
        print(f"  history bytes         {more:+.0%}", flush=True)


def _lines(one: Result, steps: int) -> list[str]:
    rounds, shape = one.rounds, one.shape
    commits = "not counted" if shape.commits is None else f"{shape.commits / steps:.1f} a step"
    return [
        f"flows/s               {Spread.of([r.rate for r in rounds]):.1f}",
        f"CPU ms/flow worker    {Spread.of([r.worker for r in rounds]):.1f}",
        f"CPU ms/flow server    {Spread.of([r.server for r in rounds]):.1f}",
        f"CPU ms/flow driver    {Spread.of([r.driver for r in rounds]):.1f}",
        f"history events        {shape.events} ({shape.events / steps:.1f} a step)",
        f"history bytes         {shape.history} ({shape.history / steps:.0f} a step)",
        f"server's DB writes    {shape.requests:.1f} a flow ({shape.requests / steps:.1f} a step)",
        f"our DB writes         {commits}",
        f"cores used by others  {Spread.of([r.others for r in rounds]):.2f}",
    ]


def _cpu(one: Round) -> float:
    return one.worker + one.server + one.driver


def _where() -> str:
    python = f"Python {machine.python_version()}, {os.cpu_count()} cores"
    return f"{time.strftime('%Y-%m-%d %H:%M')}, {python}, load {_load()}"


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
