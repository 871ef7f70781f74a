"""What Temporal holds of a run: nothing that its people would not want to be read there."""

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from public_works import Settings, Stores
from public_works.data_keys import DataKeys
from public_works.keyfiles import new_master_key
from public_works.master_keys import MasterKeys
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json
from temporal.codec import ENCODING, PLATFORM, TenantCodec, codec_of, converter_for
from tests.histories.opening import payloads
from tests.runtime.platform import LEAD, OWNER, Platform, platform_on, real_server
from tests.runtime.test_messages import BIG, customer, payload
from workers.pool import Options

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: sealed-{{n}}, version: 1.0.0}
"""
CANARY = "canary-71c9"
EVERYTHING = (
    HEAD
    + f"""
do:
  - short: {{call: insights.score, with: {{model: lead-fit, features: {{name: {CANARY}-1}}}}}}
  - rendered:
      call: content.render
      with: {{template: "Dear {{{{ name }}}}", data: {{name: "${{ $workflow.input.name }}"}}}}
      export: {{as: "${{ {{text: .}} }}"}}
  - large: {{set: {{much: "${{ [range(9000)] | map(\\"{CANARY}-2\\") | join(\\" \\") }}"}}}}
  - kept:
      call: content.render
      with: {{template: "{{{{ much }}}}", data: {{much: "${{ .much }}"}}}}
  - fails:
      raise:
        error: {{type: "https://e.example/broken", status: 500, detail: "of {CANARY}-3"}}
"""
)


HEARS = (
    HEAD
    + """
do:
  - hear: {listen: {to: {one: {with: {type: com.acme.go.v1}}}}}
  - keep: {set: {x: "${ $workflow.input.x }"}}
"""
)
GO: Json = {
    "specversion": "1.0",
    "id": "g-1",
    "source": "/shop",
    "type": "com.acme.go.v1",
    "data": {},
}


async def bare(platform: Platform) -> Client:
    """Temporal as somebody sees it who has no key."""
    return await Client.connect(
        platform.client.service_client.config.target_host, namespace=platform.client.namespace
    )


async def raw(platform: Platform, workflow: str) -> bytes:
    """All that Temporal keeps of the runs of that id."""
    history = await (await bare(platform)).get_workflow_handle(workflow).fetch_history()
    return b"".join(event.SerializeToString() for event in history.events)


async def test_nothing_that_a_run_carries_is_readable_in_temporal(platform: Platform) -> None:
    run = await platform.run(EVERYTHING, {"name": f"{CANARY}-4"})
    told = [str(one.data) for one in await platform.events(run.run)]
    kept = await raw(platform, platform.runs.handle("acme", run.run).id)
    files = [one for one in platform.settings.home.parent.glob("temporal.db*") if one.is_file()]
    blobs = [one for one in (platform.settings.home / "blobs").rglob("*") if one.is_file()]

    assert run.status == "faulted"
    assert run.problem is not None
    assert run.problem["detail"] == f"of {CANARY}-3"
    assert f"Dear {CANARY}-4" in "".join(told)
    assert CANARY.encode() not in kept
    assert files
    assert blobs
    assert [one.name for one in (*files, *blobs) if CANARY.encode() in one.read_bytes()] == []


async def test_every_payload_of_a_run_is_sealed_but_what_temporal_wrote(platform: Platform) -> None:
    solution = platform.deploy(BIG)
    run = await platform.submit(solution, cast(Json, payload(customer(platform, "lou"), 20_000)))
    await platform.until(run.run, "step.decided", outcome="approve")
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]
    await platform.runs.answer(LEAD, run.run, asked.id, granted=True)
    await platform.finish(run.run)
    handle = (await bare(platform)).get_workflow_handle(platform.runs.handle("acme", run.run).id)
    history = await handle.fetch_history()

    plain: set[str] = set()
    for event in history.events:
        for one in payloads(event):
            if one.metadata.get("encoding") != ENCODING:
                plain.add(EventType.Name(event.event_type)[11:].lower())
    # Search attributes, headers (signed and without data), and what the SDK's core says of local
    # activities.
    assert plain <= {
        "workflow_execution_started",
        "upsert_workflow_search_attributes",
        "activity_task_scheduled",
        "marker_recorded",
        "workflow_execution_update_accepted",
    }
    assert b"lou" not in b"".join(
        one.data
        for event in history.events
        for one in payloads(event)
        if one.metadata.get("encoding") != ENCODING
    )


async def test_another_key_seals_what_is_new_and_those_before_still_open(
    platform: Platform,
) -> None:
    keys = platform.stores.data_keys
    before = await asyncio.to_thread(keys.current, "acme")
    first = await platform.run(HEAD + "do:\n  - keep: {set: {x: 1}}\n")

    made = await asyncio.to_thread(keys.rotate, "acme")
    second = await platform.run(HEAD + "do:\n  - keep: {set: {x: 2}}\n")

    kept = [
        await raw(platform, platform.runs.handle("acme", one.run).id) for one in (first, second)
    ]
    assert [before.id.encode() in one for one in kept] == [True, False]
    assert [made.id.encode() in one for one in kept] == [False, True]
    assert (await platform.runs.get("acme", first.run)).output == {"x": 1}


async def test_a_run_waits_for_the_key_that_its_worker_does_not_have(tmp_path: Path) -> None:
    async with real_server(tmp_path) as server:
        home = tmp_path / "home"
        async with platform_on(server, home, Options()) as platform:
            solution = platform.deploy(HEARS)
            run = (await platform.submit(solution, {"x": 7})).run
            # Of a workflow task only the first attempt says why it failed: none is to be under
            # way when this pool goes.
            await platform.until(run, "run.listening")
        master = home / "keys" / "master" / "0001"
        right = master.read_bytes()
        master.write_bytes(secrets.token_bytes(32))
        async with platform_on(server, home, Options()) as lacking:
            bare_ = (await bare(lacking)).get_workflow_handle(lacking.runs.handle("acme", run).id)
            await bare_.signal("nudge")
            problem = await failing(bare_)
            with pytest.raises(Unavailable, match=r"codec\.key"):
                await lacking.submit(solution, {"x": 8})
        master.write_bytes(right)
        async with platform_on(server, home, Options()) as again:
            await again.intake.hub.accept(OWNER, "production", GO)
            finished = await again.finish(run)

    assert "codec.key" in problem
    assert (finished.status, finished.output) == ("completed", {"x": 7})


async def failing(handle: WorkflowHandle[object, object]) -> str:
    """What the workflow task that fails now fails with."""
    async with asyncio.timeout(90):
        while True:
            async for event in handle.fetch_history_events():
                if event.HasField("workflow_task_failed_event_attributes"):
                    return str(event.workflow_task_failed_event_attributes.failure.message)
            await asyncio.sleep(0.1)


def settings(home: Path, **more: object) -> Settings:
    return Settings(home=home, **more)


def text(value: str) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value).encode())


def codec(stores: Stores, workflow: str | None, namespace: str = "default") -> TenantCodec:
    return TenantCodec(stores.data_keys, namespace, workflow=workflow)


@asynccontextmanager
async def stores(settings: Settings) -> AsyncIterator[Stores]:
    opened = await asyncio.to_thread(Stores.open, settings)
    try:
        yield opened
    finally:
        opened.close()


async def test_data_keys_go_over_to_another_master_key(tmp_path: Path) -> None:
    async with stores(settings(tmp_path)) as first:
        old = first.data_keys.current("acme")
        sealed = await codec(first, "acme/s/1").encode([text("hello")])
    new_master_key(tmp_path)
    async with stores(settings(tmp_path)) as second:
        done = [second.data_keys.rewrap("acme"), second.data_keys.rewrap("acme")]
        (record,) = second.data_keys.list("acme")
    (tmp_path / "keys" / "master" / "0001").unlink()
    async with stores(settings(tmp_path)) as third:
        opened = await codec(third, "acme/s/2").decode(sealed)

    assert (done, record.id) == ([1, 0], old.id)
    assert opened == [text("hello")]


async def test_the_master_key_comes_from_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER", base64.b64encode(secrets.token_bytes(32)).decode())
    monkeypatch.setenv("OTHER", base64.b64encode(secrets.token_bytes(32)).decode())
    async with stores(settings(tmp_path, master_key="env:MASTER")) as first:
        sealed = await codec(first, "acme/s/1").encode([text("hello")])
    async with stores(settings(tmp_path, master_key="env:OTHER")) as without:
        with pytest.raises(Unavailable, match="does not have the master key"):
            await codec(without, "acme/s/1").decode(sealed)
    both = settings(tmp_path, master_key="env:OTHER", master_keys_before=["env:MASTER"])
    async with stores(both) as second:
        opened = await codec(second, "acme/s/1").decode(sealed)

    assert opened == [text("hello")]
    assert not (tmp_path / "keys" / "master").exists()


async def test_a_data_key_does_not_outlive_its_days(tmp_path: Path) -> None:
    async with stores(settings(tmp_path)) as opened:
        masters = MasterKeys.of(settings(tmp_path))
        keys = DataKeys(opened.database, lambda: masters, life=timedelta(0))
        used = {keys.current("acme").id for _ in range(2)}

    assert len(used) == 2


async def test_each_tenant_and_the_platform_have_keys_of_their_own(tmp_path: Path) -> None:
    async with stores(settings(tmp_path)) as opened:
        for workflow in ("acme/s/1", "beta/s/1", "probe", None):
            await codec(opened, workflow).encode([text("x")])
        tenants = opened.data_keys.tenants()

    assert tenants == sorted(["acme", "beta", PLATFORM])


async def test_only_development_does_without(tmp_path: Path) -> None:
    off = settings(tmp_path, payload_encryption=False, environment="development")
    async with stores(off) as opened:
        assert codec_of(off, opened.data_keys) is None
    with pytest.raises(Refused, match="SYMPHAINY_PAYLOAD_ENCRYPTION"):
        settings(tmp_path, payload_encryption=False)


async def test_runs_from_before_the_upgrade_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with real_server(tmp_path) as server:
        home = tmp_path / "home"
        monkeypatch.setenv("SYMPHAINY_ENVIRONMENT", "development")
        async with platform_on(server, home, Options(), payload_encryption=False) as before:
            solution = before.deploy(HEARS)
            run = (await before.submit(solution, {"x": 7})).run
            await before.until(run, "run.listening")
        monkeypatch.delenv("SYMPHAINY_ENVIRONMENT")
        moment = datetime.now(UTC)
        upgraded = platform_on(server, home, Options(), payload_plaintext_before=moment)
        async with upgraded as after:
            await after.intake.hub.accept(OWNER, "production", GO)
            finished = await after.finish(run)
            handle = await (await bare(after)).start_workflow(
                solution, {"input": None}, id=f"acme/{solution}/late", task_queue="platform"
            )
            history = await handle.fetch_history()
            sent = history.events[0].workflow_execution_started_event_attributes.input
            with pytest.raises(Refused, match=r"codec\.plaintext"):
                await converter_for(after.client, handle.id).decode(sent.payloads)

    assert (finished.status, finished.output) == ("completed", {"x": 7})
