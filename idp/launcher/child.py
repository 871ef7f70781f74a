"""A process of the platform: started, watched, started again, stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Child", "Report"]

Report = Callable[[str, str], None]
"""Takes the name of a part of the platform and what there is to say about it."""

TETHER = Path(__file__).with_name("tether.py")
GRACE = 10.0
LONG_LIFE = 30.0
LONGEST_PAUSE = 5.0


@dataclass(slots=True)
class Child:
    """Keeps one process alive until it is told to stop."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    report: Report
    pipe: int | None = None
    started: Callable[[], None] = lambda: None
    """Called whenever there is a new process."""
    deaths: int = 0
    _process: asyncio.subprocess.Process | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pid(self) -> int | None:
        """The process there is now."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    async def start(self) -> None:
        """Have a process."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        environment = dict(self.environment)
        if self.pipe is not None:
            environment["SYMPHAINY_MILESTONES"] = str(self.pipe)
        tethered = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *self.command]
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *tethered,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=() if self.pipe is None else (self.pipe,),
            )
        self.started()

    async def keep(self) -> None:
        """Start it again whenever it ends, later each time; until `stop`."""
        pause = 0.2
        while self._process is not None:
            since = asyncio.get_running_loop().time()
            code = await self._process.wait()
            if await self._stopped_within(pause):
                return
            self.deaths += 1
            self.report(self.name, f"{_ended(code)}; starting it again (see {self.log})")
            lived = asyncio.get_running_loop().time() - since
            pause = 0.2 if lived > LONG_LIFE else min(2 * pause, LONGEST_PAUSE)
            await self.start()
            if self._stopping.is_set():
                await self.stop()

    async def stop(self, grace: float = GRACE) -> None:
        """Ask it to end, and after `grace` seconds make it."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), grace)
        except TimeoutError:
            self.report(self.name, f"does not end within {grace:.0f} s; killed")
            process.kill()
            await process.wait()

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True


def _ended(code: int) -> str:
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
