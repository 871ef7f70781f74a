"""A PostgreSQL server of the tests' own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of initdb and postgres, or None."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in places if (one / "postgres").exists()), None)


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """The URL of a fresh server, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="symphainy-pg-") as folder:
        data, user = Path(folder) / "data", unprivileged()
        if user is not None:
            shutil.chown(folder, user)
        as_user = {"user": user, "cwd": "/", "env": {"PATH": os.environ["PATH"]}}
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "test", "-A", "trust", "-N", "-E", "UTF8"],
            check=True,
            capture_output=True,
            **as_user,
        )
        port = free_port()
        options = {"fsync": "off", "listen_addresses": "127.0.0.1", "port": str(port)}
        options |= {"unix_socket_directories": "", "max_connections": "120"}
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *(f"--{k}={v}" for k, v in options.items())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_user,
        )
        try:
            probe = [programs / "pg_isready", "-q", "-t", "1", "-h", "127.0.0.1", "-p", str(port)]
            wait_for(lambda: subprocess.run(probe, check=False).returncode == 0, server)
            yield f"postgresql://test@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def unprivileged() -> str | None:
    """Whom to run the server as; PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(ready, server, attempts: int = 300) -> None:
    for _ in range(attempts):
        if ready():
            return
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError("the PostgreSQL server of the tests ended at once")
    raise RuntimeError("the PostgreSQL server of the tests does not answer")
