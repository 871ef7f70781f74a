"""What spans cost: the same steps with traces on and off, in turns, on one Temporal server.

.venv/bin/python benchmarks/traces.py [--pairs 5] [--flows 40] [--in-flight 8]
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.rounds import Spread, pairs, play
from benchmarks.server import serve
from benchmarks.sides import platform


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--flows", type=int, default=40)
    parser.add_argument("--in-flight", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(asked, Path(folder)))
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _measure(asked: argparse.Namespace, home: Path) -> None:
    for work in ("steps", "messages"):
        rates, costs, others = [], [], []
        (home / work).mkdir()
        async with serve(home / work) as server:
            for n in range(asked.pairs):
                # One pool at a time: both would take from the same task queue.
                found = {}
                for traces in ("true", "false") if n % 2 else ("false", "true"):
                    os.environ["SYMPHAINY_TRACES"] = traces
                    there = home / work / f"{traces}-{n}"
                    async with platform(server, there, [work]) as side:
                        await play(side, server, work, asked.in_flight, asked.in_flight)
                        ((one,),) = await pairs(
                            [side],
                            server,
                            work,
                            count=1,
                            flows=asked.flows,
                            in_flight=asked.in_flight,
                        )
                        found[traces] = one
                on, off = found["true"], found["false"]
                rates.append(on.rate / off.rate)
                costs.append(on.worker / off.worker)
                others += [on.others, off.others]
        print(f"{work}: rate with traces to without {Spread.of(rates):.2f}")
        print(f"{work}: CPU of the worker           {Spread.of(costs):.2f}")
        print(f"{work}: cores that others used      {Spread.of(others):.1f}", flush=True)


if __name__ == "__main__":
    main()
