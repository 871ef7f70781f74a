"""A worker process of a measurement: it serves until SIGTERM, profiled if that is asked for."""

import asyncio
import cProfile
import os
import pstats
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from benchmarks.processes import READY

__all__ = ["PROFILE", "profiled", "ready", "told"]

PROFILE = "BENCHMARK_PROFILE"
"""Names the file that a worker writes its profile to."""


async def told() -> None:
    """Return on SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


def ready() -> None:
    """Tell the parent that work can begin."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()


def profiled(main: Callable[[], Any]) -> None:
    """Do `main`; profile every thread that Python starts, if BENCHMARK_PROFILE says where to."""
    file = os.environ.get(PROFILE)
    if not file:
        main()
        return
    found: list[cProfile.Profile] = []

    def begin(_frame: FrameType | None, _event: str, _arg: object) -> None:
        # Called on a new thread's first event; from then on that thread has a profile.
        # CPU of the thread: waiting for work, or for another thread, is not what is asked.
        profile = cProfile.Profile(time.thread_time)
        found.append(profile)
        profile.enable()

    threading.setprofile(begin)
    begin(None, "", None)
    try:
        main()
    finally:
        threading.setprofile(None)
        total = pstats.Stats(found[0])
        for profile in found[1:]:
            total.add(profile)
        total.dump_stats(file)
