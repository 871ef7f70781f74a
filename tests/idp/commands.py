"""Commands as people run them: processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["EXAMPLES", "Ended", "Platform", "alive", "start", "symphainy", "until"]

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND = [sys.executable, "-P", "-m", "idp.cli"]
PATIENCE = 240.0


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Platform:
    """An `up` of the tests' own."""

    home: Path
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pids(self) -> dict[str, int]:
        """Its children, by name."""
        found: dict[str, int] = self.told["pids"]
        return found

    @property
    def told(self) -> dict[str, Any]:
        """What `up.json` says."""
        found: dict[str, Any] = json.loads((self.home / "up.json").read_text())
        return found

    def stop(self) -> int:
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of ours but the home."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith("SYMPHAINY_")}
    return {**kept, "SYMPHAINY_HOME": str(home), **more}


def symphainy(home: Path, *arguments: str, **more: str) -> Ended:
    """Run a command to its end."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def start(home: Path, **settings: str) -> Platform:
    """A platform on ports of its own, ready; `settings` are of its environment."""
    home.mkdir(parents=True)
    log = home / "console.log"
    ports = [f"--{name}-port=0" for name in ("api", "temporal", "ui")]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "up", *ports], env=environment(home) | settings, stdout=out, stderr=out
        )
    platform = Platform(home, process, log)
    until(lambda: "Ctrl-C stops it" in log.read_text() or process.poll() is not None)
    assert process.poll() is None, log.read_text()
    return platform


def until(holds: Callable[[], bool]) -> None:
    """Return as soon as `holds`; AssertionError if it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether there is such a process that is no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
