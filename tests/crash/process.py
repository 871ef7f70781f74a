"""Processes that are there to be killed, and waiting for what they do."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

__all__ = ["Process", "until"]

ROOT = Path(__file__).parents[2]
T = TypeVar("T")

# A child that asks the kernel to be killed with its parent, and only then becomes the command:
# not even a killed pytest leaves processes behind.
TETHERED = (
    "import ctypes, os, sys; "
    "sys.platform == 'linux' and ctypes.CDLL(None).prctl(1, 9); "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


@dataclass
class Process:
    """One command, run again after every death, and its log."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str]
    deaths: int = 0
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have a process, in a group of its own."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", TETHERED, *self.command],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9; when it returns, the process is gone."""
        assert self._running is not None
        assert self._running.poll() is None, f"{self.name} had ended by itself:\n{self.said()}"
        self.deaths += 1
        self.end()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let it do nothing meanwhile; what others send it waits in its sockets."""
        assert self._running is not None
        os.killpg(self._running.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._running.pid, signal.SIGCONT)

    def end(self) -> None:
        """Leave nothing of it, whatever state it is in."""
        if self._running is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()
        self._running = None

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def check(self) -> None:
        """AssertionError, with its last words, if it ended by itself."""
        code = self._running.poll() if self._running else None
        assert code is None, f"{self.name} ended with {code}:\n{self.said()}"


async def until(what: Callable[[], T], told: str, *, within: float = 30.0) -> T:
    """What `what` gives as soon as it is true; AssertionError `told` if it is not in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        found = await asyncio.to_thread(what)
        if found:
            return found
        assert loop.time() < deadline, f"not within {within:.0f} s: {told}"
        await asyncio.sleep(0.02)
