"""The processes of a measurement: children that say when they are ready, and what each uses."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["READY", "busy_seconds", "cpu_seconds", "memory", "serving"]

READY = b"ready\n"
TICKS = os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def serving(
    module: str, environment: Mapping[str, str], *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m module`, from when it has printed READY until SIGTERM has ended it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None or await process.stdout.readline() != READY:
        await process.wait()
        raise SystemExit(f"{module} did not become ready")
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def cpu_seconds(pid: int) -> float:
    """What the process has used so far, all its threads together."""
    # The second field may hold spaces, in its own parentheses.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def busy_seconds() -> float:
    """What all processes of the machine have used so far, all cores together."""
    user, nice, system, _, _, irq, softirq = map(
        int, Path("/proc/stat").read_text().partition("\n")[0].split()[1:8]
    )
    return (user + nice + system + irq + softirq) / TICKS


def memory(pid: int) -> float:
    """What the process alone holds in memory, in MB, with its share of what others hold too."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1_024
    return 0.0
