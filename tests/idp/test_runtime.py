"""The worker sees through an embedded server that is not what was asked for."""

import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from idp.launcher.ports import choose
from idp.launcher.runtime import RETENTION, answering, prepare, retention
from idp.launcher.server import binary, command
from public_works import Settings

Change = Callable[[list[str]], list[str]]


@asynccontextmanager
async def serving(home: Path, change: Change) -> AsyncIterator[Client]:
    """A client of a server started by the launcher's command as `change` makes it."""
    temporal = binary()
    assert temporal is not None
    port = choose(0)
    told = change(
        command(temporal, home, port, choose(0), "default", "http://127.0.0.1:1/v1/codec")
    )
    process = subprocess.Popen(told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    settings = Settings(home=home, temporal_address=f"127.0.0.1:{port}")
    try:
        yield await answering(settings, timedelta(minutes=2))
    finally:
        process.kill()
        process.wait()


def without(*settings: str) -> Change:
    """Leaves out the flags that set any of `settings`."""

    def change(told: list[str]) -> list[str]:
        kept = list(zip(told, [*told[1:], ""], strict=True))
        dropped = {place for place, (_, value) in enumerate(kept) if value.startswith(settings)}
        dropped |= {place + 1 for place in dropped}
        return [one for place, one in enumerate(told) if place not in dropped]

    return change


async def test_what_was_asked_for_is_on_and_closed_runs_stay(tmp_path: Path) -> None:
    async with serving(tmp_path, without("nothing")) as client:
        assert await prepare(client, tmp_path) == []
        assert await retention(client) == RETENTION
        assert [one.id async for one in client.list_workflows()] == []


@pytest.mark.parametrize(
    ("setting", "missing"),
    [
        ("journal_mode", "its database is not in WAL mode"),
        ("frontend.WorkflowTimeSkipping", "time skipping is off"),
        ("matching.enableFairness", "fairness between tenants is off"),
    ],
)
async def test_what_is_off_is_found(tmp_path: Path, setting: str, missing: str) -> None:
    async with serving(tmp_path, without(setting)) as client:
        assert await prepare(client, tmp_path) == [missing]
