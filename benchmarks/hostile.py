"""How long a hostile definition keeps other runs of the same worker waiting.

    .venv/bin/python -m benchmarks.hostile [--hostile 1] [--flows 60]

A run of one workflow task is timed, one after the other: first alone, then beside runs that
spend their whole budget in every expression, for ever.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from benchmarks import sides
from benchmarks.server import serve
from benchmarks.sides import Platform, deploy
from public_works import Settings, Stores


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hostile", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--flows", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(asked, Path(folder)))
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _measure(asked: argparse.Namespace, home: Path) -> None:
    async with serve(home) as server, sides.platform(server, home, ()) as platform:
        stores = Stores.open(Settings(home=home, temporal_address=server.address))
        for work in ("benign", "hostile"):
            platform.solutions[work] = await asyncio.to_thread(deploy, stores, work)
        await _times(platform, 10)
        alone = await _times(platform, asked.flows)
        _print("alone", alone, alone)
        burning: list[object] = []
        for count in asked.hostile:
            while len(burning) < count:
                burning.append(await platform.start("hostile"))
            await asyncio.sleep(2)
            _print(f"beside {count} hostile", await _times(platform, asked.flows), alone)


async def _times(platform: Platform, flows: int) -> list[float]:
    """Milliseconds from start to result of each run."""
    found = []
    for _ in range(flows):
        began = time.perf_counter()
        handle = await platform.start("benign")
        await handle.result()
        found.append(1e3 * (time.perf_counter() - began))
    return found


def _print(name: str, times: list[float], alone: list[float]) -> None:
    more = median(times) - median(alone)
    most = quantiles(times, n=20)[-1] - median(alone)
    print(
        f"{name:20} median {median(times):7.1f} ms, 95 % {quantiles(times, n=20)[-1]:7.1f} ms, "
        f"most {max(times):7.1f} ms; delay of a task: median {more:6.1f} ms, 95 % {most:6.1f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
