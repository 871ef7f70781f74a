"""What a step costs as part of a definition, beside the same step written by hand.

    .venv/bin/python benchmarks/steps.py [--work messages] [--pairs 9] [--flows 100]

Both sides run on one Temporal dev server with the platform's settings, in turns.
"""

import argparse
import asyncio
import os
import platform as machine
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import sides
from benchmarks.rounds import Round, Shape, Spread, look, pairs, play
from benchmarks.server import serve

STEPS = 5


@dataclass(frozen=True)
class Result:
    """A side, measured."""

    name: str
    rounds: list[Round]
    shape: Shape


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--work", choices=("steps", "messages"), default="steps")
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--flows", type=int, default=100)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--profile", type=Path, help="folder for a cProfile of each worker")
    asked = parser.parse_args()
    print(_where(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        results = asyncio.run(_measure(asked, Path(folder)))
    _print(*results)
    print(f"load afterwards {_load()}", flush=True)
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _measure(asked: argparse.Namespace, home: Path) -> tuple[Result, Result]:
    if asked.profile:
        asked.profile.mkdir(parents=True, exist_ok=True)
    async with (
        serve(home) as server,
        sides.plain(server, home, asked.profile) as plain,
        sides.platform(server, home, asked.profile) as platform,
    ):
        for side in (plain, platform):
            await play(side, server, asked.work, 2 * asked.in_flight, asked.in_flight)
        shapes = [await look(side, server, asked.work) for side in (plain, platform)]
        rounds = await pairs(
            (plain, platform),
            server,
            asked.work,
            count=asked.pairs,
            flows=asked.flows,
            in_flight=asked.in_flight,
        )
    names = (plain.name, platform.name)
    by_hand, defined = map(Result, names, rounds, shapes)
    return by_hand, defined


def _print(by_hand: Result, defined: Result) -> None:
    for one in (by_hand, defined):
        print(f"\n{one.name}")
        for line in _lines(one):
            print(f"  {line}")
    ratios = [b.rate / a.rate for a, b in zip(by_hand.rounds, defined.rounds, strict=True)]
    costs = [_cpu(a) / _cpu(b) for a, b in zip(by_hand.rounds, defined.rounds, strict=True)]
    more = defined.shape.history / by_hand.shape.history - 1
    print("\nthe definition against the hand, pair by pair: median (quartiles)")
    print(f"  rate                  {Spread.of(ratios):.2f}")
    print(f"  CPU (1 is equal)      {Spread.of(costs):.2f}")
    print(f"  ratio of median rates {_middle(defined) / _middle(by_hand):.2f}")
    print(f"  events a step         {_more_events(by_hand, defined):+.1f}")
    print(f"  history bytes         {more:+.0%}")


def _lines(one: Result) -> list[str]:
    rounds, shape = one.rounds, one.shape
    commits = "not counted" if shape.commits is None else f"{shape.commits / STEPS:.1f} a step"
    return [
        f"flows/s               {Spread.of([r.rate for r in rounds]):.1f}",
        f"CPU ms/flow worker    {Spread.of([r.worker for r in rounds]):.1f}",
        f"CPU ms/flow server    {Spread.of([r.server for r in rounds]):.1f}",
        f"CPU ms/flow driver    {Spread.of([r.driver for r in rounds]):.1f}",
        f"history events        {shape.events} ({shape.events / STEPS:.1f} a step)",
        f"history bytes         {shape.history} ({shape.history / STEPS:.0f} a step)",
        f"server's DB writes    {shape.requests:.1f} a flow ({shape.requests / STEPS:.1f} a step)",
        f"our DB writes         {commits}",
        f"cores used by others  {Spread.of([r.others for r in rounds]):.2f}",
    ]


def _cpu(one: Round) -> float:
    return one.worker + one.server + one.driver


def _middle(one: Result) -> float:
    return median(each.rate for each in one.rounds)


def _more_events(by_hand: Result, defined: Result) -> float:
    return (defined.shape.events - by_hand.shape.events) / STEPS


def _where() -> str:
    python = f"Python {machine.python_version()}, {os.cpu_count()} cores"
    return f"{time.strftime('%Y-%m-%d %H:%M')}, {python}, load {_load()}"


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
