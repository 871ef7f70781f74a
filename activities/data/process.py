"""One jq program in a process of its own."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from activities.data import child
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json

__all__ = ["Bounds", "run"]

AT_ONCE = 2
"""Processes a worker has for this; who comes later waits."""

_CHILD = Path(child.__file__)
_places = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds of CPU, bytes of memory, bytes of JSON in the result."""

    seconds: int
    memory: int
    result: int


async def run(
    program: str, data: Json, variables: Mapping[str, Json], bounds: Bounds
) -> list[Json]:
    """What the program yields; the process is gone when this returns or is cancelled."""
    head = {
        "program": program,
        "variables": dict(variables),
        "memory": bounds.memory,
        "seconds": bounds.seconds,
        "bytes": bounds.result,
    }
    text = json.dumps(head).encode() + b"\n" + json.dumps(data).encode()
    async with _places:
        code, answer = await _asked(text, bounds)
    return _values(code, answer, bounds)


async def _asked(text: bytes, bounds: Bounds) -> tuple[int, bytes]:
    """The exit code of the process and what it wrote."""
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(_CHILD)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
        )
    except OSError as error:
        raise Unavailable("transform.process", f"no process could be started: {error}") from error
    try:
        # its CPU is bounded by the kernel; this is for one that waits
        async with asyncio.timeout(bounds.seconds * 3):
            answer, _ = await process.communicate(text)
    except TimeoutError:
        return -1, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, answer


def _values(code: int, answer: bytes, bounds: Bounds) -> list[Json]:
    if code == child.DONE:
        return [json.loads(line) for line in answer.splitlines()]
    text = answer.decode("utf-8", "replace")
    if code == child.REFUSED:
        raise Refused("transform.program", text, pointer="/program")
    if code == child.FAILED:
        raise Refused("transform.failed", f"the program ended in an error: {text}")
    if code == child.TOO_LARGE:
        raise Refused(
            "transform.result", f"the result is larger than {bounds.result} bytes of JSON"
        )
    raise Refused(
        "transform.limits",
        f"the program took more than {bounds.seconds} s of time or {bounds.memory >> 20} MB",
    )
