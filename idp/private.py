"""A platform for one command: in a folder of its own, gone when the command is."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from idp import place
from idp.client import Platform, Unreachable

__all__ = ["private"]

PATIENCE = 200.0
TETHER = Path(__file__).parent / "launcher" / "tether.py"


@contextmanager
def private() -> Iterator[Platform]:
    """A platform that nobody else uses. Raises Unreachable if it does not come up."""
    home = Path(tempfile.mkdtemp(prefix="symphainy-"))
    process = _start(home)
    try:
        running = _ready(home, process)
        yield Platform(running.api, place.key_file(home).read_text().strip())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _start(home: Path) -> "subprocess.Popen[bytes]":
    tethered = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid())]
    up = [sys.executable, "-P", "-m", "idp.cli", "up", "--home", str(home)]
    ports = [f"--{name}-port=0" for name in ("api", "temporal", "ui")]
    with (home / "up.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own command
            [*tethered, *up, *ports], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def _ready(home: Path, process: "subprocess.Popen[bytes]") -> place.Running:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        running = place.running(home)
        if running is not None:
            return running
        time.sleep(0.05)
    log = (home / "up.log").read_text(errors="replace")
    raise Unreachable(f"a private platform does not come up:\n{log}")
