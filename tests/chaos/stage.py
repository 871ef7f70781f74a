"""The platform as its README starts it, beside the twins of its providers: all processes."""

import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from idp.client import Platform
from public_works import Settings, Stores
from tests.chaos.providers import PROVIDERS, RATES, TENANT, reads
from tests.chaos.receipts import Receipts
from tests.crash.process import Process, until
from tests.runtime.platform import free_port

__all__ = ["Stage", "staged"]

KEY = re.compile(r"sym_[A-Za-z0-9_]+")
SYMPHAINY = [sys.executable, "-P", "-m", "idp.cli"]


@dataclass
class Stage:
    """What there is to talk to, and to kill."""

    folder: Path
    url: str
    twins: dict[str, Process]
    ports: dict[str, int] = field(default_factory=dict)
    deaths: dict[str, int] = field(default_factory=dict)
    receipts: Receipts = field(init=False)

    def __post_init__(self) -> None:
        self.receipts = Receipts(self.folder / "sendgrid", self.url)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @cached_property
    def key(self) -> str:
        """The key that the very first start shows."""
        shown = KEY.search((self.folder / "up.log").read_text())
        assert shown is not None, "no key was shown"
        return shown.group()

    def platform(self) -> Platform:
        """A connection of one's own."""
        return Platform(self.url, self.key, heals=True)

    def pid(self, part: str) -> int | None:
        """The process that is that part of the platform now."""
        try:
            known: dict[str, Any] = json.loads((self.home / "up.json").read_text())
        except (OSError, ValueError):
            return None
        found: int | None = known.get("pids", {}).get(part)
        return found

    def kept(self) -> int:
        """How many messages all providers together have."""
        return sum(len(reads(self.folder / name, "kept.jsonl")) for name in self.twins)

    async def kill(self, part: str) -> None:
        """kill -9, and another one of it: the launcher is to notice by itself."""
        pid = self.pid(part)
        assert pid is not None, f"there is no {part}"
        os.kill(pid, signal.SIGKILL)
        self.deaths[part] = self.deaths.get(part, 0) + 1
        await until(lambda: self.pid(part) not in (None, pid), f"another {part}", within=120)

    def in_flight(self) -> set[str]:
        """The deliveries on the wire, as the ledger has them; exact while no worker lives."""
        stores = Stores.open(Settings(home=self.home))
        try:
            found = stores.ledger.list(TENANT, state="in_flight", limit=1_000)
        finally:
            stores.close()
        return {one.id for one in found}


@asynccontextmanager
async def staged(folder: Path, twins: Sequence[str], seed: int) -> AsyncIterator[Stage]:
    """A platform that is up, with twins that fail; nothing of it afterwards."""
    api = free_port()
    processes = {name: _twin(folder, name, seed + n) for n, name in enumerate(twins)}
    stage = Stage(folder, f"http://127.0.0.1:{api}", processes)
    up = Process("up", [*SYMPHAINY, "up"], folder / "up.log", _environment(stage, api))
    try:
        for name, process in processes.items():
            process.start()
            told = folder / name / "port"
            await until(told.exists, f"{name} listens", within=120)
            stage.ports[name] = int(told.read_text())
        up.start()
        await until(lambda: _is_up(stage, up), "the platform is up", within=240)
        yield stage
    finally:
        up.end()
        for process in processes.values():
            process.end()


def _is_up(stage: Stage, up: Process) -> bool:
    up.check()
    return stage.pid("api") is not None


def _twin(folder: Path, name: str, seed: int) -> Process:
    command = [sys.executable, "-m", "tests.twins.alone", name, "--state", str(folder / name)]
    fails = ["--rates", json.dumps(RATES), "--seed", str(seed)]
    return Process(name, [*command, *fails], folder / f"{name}.log", {})


def _environment(stage: Stage, api: int) -> dict[str, str]:
    secrets = stage.home / "secrets" / TENANT
    secrets.mkdir(parents=True)
    keys = {"sendgrid-webhook": stage.receipts.signer.public}
    for name, secret in {**PROVIDERS, **keys}.items():
        text = secret if isinstance(secret, str) else json.dumps(secret)
        (secrets / name).write_text(text)
    return {
        "SYMPHAINY_HOME": str(stage.home),
        "SYMPHAINY_API_PORT": str(api),
        "SYMPHAINY_TEMPORAL_PORT": "0",
        "SYMPHAINY_TEMPORAL_UI_PORT": "0",
        "SYMPHAINY_TENANT": TENANT,
        "SYMPHAINY_EGRESS_ALLOW": "127.0.0.1",
        "SYMPHAINY_PUBLIC_BASE_URL": stage.url,
        "SYMPHAINY_DELIVERY_TIMEOUT": "8",
        "SYMPHAINY_DELIVERY_RECONCILE_SECONDS": "1",
    }
