"""Record the histories anew: `python -m tests.histories.record`, which takes about a minute.

Do so when the interpreter's build changes, when a scenario is added, and never to make a failing
replay pass: what fails to replay would fail in every run that is under way.
"""

import asyncio
import json
import os
import re
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowHistory

from public_works.keyfiles import public_key_pems
from symphainy.json import Json
from tests.histories.kept import Entry, Kept
from tests.histories.opening import opened
from tests.histories.scenarios import SCENARIOS, Scenario
from tests.runtime.platform import Platform, platform_on, real_server
from tests.runtime.test_http import Pets
from tests.runtime.test_messages import customer
from tests.twins.files import Files
from workers.pool import Options

SHORT = "limit.historyCount.suggestContinueAsNew=40"
"""Histories of forty events are long enough, so that those of loops stay readable."""


def main() -> None:
    """Run every scenario and keep what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_record(Path(folder)))
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _record(folder: Path) -> None:
    home = folder / "home"
    secret = home / "secrets" / "acme" / "recorded"
    secret.parent.mkdir(parents=True)
    secret.write_text('{"username": "ada", "password": "never-recorded"}')
    with _pets() as pets, news() as files:
        allowed = {"egress_allow": tuple(one.removeprefix("http://") for one in (pets, files))}
        async with (
            real_server(folder, SHORT) as server,
            platform_on(server, home, Options(), **allowed) as platform,
        ):
            recorded = await _scenarios(platform, pets, files)
            plans = _plans(platform)
    Kept().write(recorded, plans, public_key_pems(home).values())
    print(f"{len(recorded)} histories of {len(SCENARIOS)} scenarios")


async def _scenarios(platform: Platform, pets: str, files: str) -> list[tuple[Entry, str]]:
    customer(platform, "ada")
    customer(platform, "bea", consent=False)
    begin, end = _night()
    filled = {"pets": pets, "files": files, "from": begin, "to": end}
    solutions = {one.name: await platform.fetched(one.text(**filled)) for one in SCENARIOS}
    done = await asyncio.gather(*(_played(platform, one, solutions[one.name]) for one in SCENARIOS))
    return [entry for entries in done for entry in entries]


async def _played(platform: Platform, one: Scenario, solution: str) -> list[tuple[Entry, str]]:
    id = await one.start(platform, solution)
    handle = platform.client.get_workflow_handle(id)
    async with asyncio.timeout(100):
        await asyncio.gather(handle.result(), return_exceptions=True)
    histories = [each async for each in _histories(platform, handle)]
    ended = EventType.Name(histories[-1].events[-1].event_type).rpartition("_")[2]
    print(f"{one.name}: {[len(each.events) for each in histories]} events, {ended}", flush=True)
    if ended != one.ends:
        raise SystemExit(f"{one.name} was to end {one.ends}: nothing is kept")
    plan = _plan(platform, solution) if one.door else ""
    names = [one.name, *(f"{one.name}-{n}" for n in range(2, len(histories) + 1))]
    return [
        (Entry(name, id, plan, len(each.events)), _anonymous(each.to_json()))
        for name, each in zip(names, histories, strict=True)
    ]


async def _histories(
    platform: Platform, handle: WorkflowHandle[object, object]
) -> AsyncIterator[WorkflowHistory]:
    """Every history of the run, in order."""
    described = await handle.describe()
    next_: str = described.raw_description.workflow_execution_info.first_run_id
    while next_:
        sealed = await platform.client.get_workflow_handle(handle.id, run_id=next_).fetch_history()
        # Kept open: a replay needs no key, and what is kept can be read.
        history = await opened(platform.client, sealed)
        yield history
        last = history.events[-1]
        next_ = ""
        if last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            told = last.workflow_execution_continued_as_new_event_attributes
            next_ = told.new_execution_run_id


def _plans(platform: Platform) -> dict[str, dict[str, Json]]:
    """Every plan by its digest, also of versions that no environment runs any more."""
    kept = platform.stores.definitions
    names = [one.name for one in kept.solutions("acme", limit=500)]
    digests = {one.plan_digest for name in names for one in kept.versions("acme", name)}
    return {one: plan for one in sorted(digests) if (plan := kept.plan(one)) is not None}


def _plan(platform: Platform, solution: str) -> str:
    found = platform.stores.definitions.deployed("acme", solution, "production")
    assert found is not None
    return found.plan_digest


def _night() -> tuple[str, str]:
    """Quiet hours that end with this minute, or the next if this one is nearly over."""
    now = datetime.now(UTC)
    end = (now + timedelta(seconds=65)).replace(second=0)
    return f"{now - timedelta(hours=1):%H:%M}", f"{end:%H:%M}"


def _anonymous(history: str) -> str:
    """Without the machine it was recorded on, and the paths on it."""
    history = re.sub(rf"\d+@{re.escape(socket.gethostname())}", "worker@recorder", history)
    return re.sub(r'"stackTrace": ?"(?:[^"\\]|\\.)*"', '"stackTrace": ""', history)


@contextmanager
def news() -> Iterator[str]:
    """A channel of news and the document that describes it."""
    with Files().serving() as files:
        host = files.url.removeprefix("http://")
        document = {
            "asyncapi": "3.0.0",
            "servers": {"here": {"host": host, "protocol": "http"}},
            "channels": {"news": {"address": "news.json"}},
            "operations": {"news": {"channel": {"$ref": "#/channels/news"}}},
        }
        files.put("/asyncapi.json", json.dumps(document))
        files.put("/news.json", json.dumps([{"n": n} for n in range(10)]))
        yield files.url


@contextmanager
def _pets() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pets)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
