"""The codec server: who reads what runs carry in Temporal, from where, and what stays of it."""

import asyncio
import base64
import json
import textwrap
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payloads
from temporalio.client import Client, WorkflowHandle

from idp.pool import borrowing
from solution_api.codec_door import SIGN_IN
from symphainy.errors import Unavailable
from tests.api.world import World, principal, problem, pure, signed_in, started

UI = "http://127.0.0.1:8233"
DECODE = "/v1/codec/default/decode"
LARGE = """\
    document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
    do:
      - keep: {set: {much: '${ [range(9000)] | map("large-text") | join(" ") }'}}
"""


async def sealed(world: World, run: str, *, tenant: str = "acme") -> dict[str, Any]:
    """Input and result of a run as Temporal has them, in the remote codec protocol."""
    connection = world.services.client.service_client.config.target_host
    bare = await Client.connect(connection, namespace="default")
    handle: WorkflowHandle[Any, Any] = bare.get_workflow_handle(
        world.services.runs.handle(tenant, run).id
    )
    await world.services.runs.handle(tenant, run).result()
    events = (await handle.fetch_history()).events
    given = events[0].workflow_execution_started_event_attributes.input.payloads[0]
    result = events[-1].workflow_execution_completed_event_attributes.result.payloads[0]
    told: dict[str, Any] = MessageToDict(Payloads(payloads=[given, result]))
    return told


def values(answer: httpx2.Response) -> list[Any]:
    """What payloads say."""

    assert answer.status_code == 200, answer.text
    return [json.loads(base64.b64decode(one["data"])) for one in answer.json()["payloads"]]


@pytest.fixture
async def engineer(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """An operator of acme."""
    async with await world.client(principal("eng", "operator")) as client:
        yield client


@pytest.fixture
async def greeting(world: World, api: httpx2.AsyncClient) -> dict[str, Any]:
    """Payloads of a run of acme that greeted."""
    name = world.name("coded")
    run = await started(api, name, pure(name).replace("greet:", "start:"))
    return await sealed(world, run)


async def test_an_engineer_reads_their_tenants_payloads_on_record(
    world: World, engineer: httpx2.AsyncClient, greeting: dict[str, Any]
) -> None:
    answer = await engineer.post(DECODE, json=greeting)

    assert values(answer) == [{"input": None}, {"greeting": "Hello, you"}]
    (record, *_) = world.services.stores.audit.list("acme", actor="eng", limit=1)
    assert (record.action, record.subject.id) == ("payloads.read", "default")
    assert record.details == {"opened": 2, "others": 0}


async def test_another_tenants_payloads_stay_sealed(world: World, greeting: dict[str, Any]) -> None:
    who = principal("spy", "tenant-admin", tenant="globex")
    async with await world.client(who) as client:
        answer = await client.post(DECODE, json=greeting)

    assert answer.json() == greeting
    (record, *_) = world.services.stores.audit.list("globex", actor="spy", limit=1)
    assert record.details == {"opened": 0, "others": 2}


async def test_who_may_not_watch_reads_nothing(world: World, greeting: dict[str, Any]) -> None:
    async with await world.client(principal("ann", "author")) as author:
        forbidden = await author.post(DECODE, json=greeting)
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as nobody:
        unknown = await nobody.post(DECODE, json=greeting, headers={"Origin": UI})

    assert problem(forbidden) == (403, "api.forbidden")
    assert problem(unknown) == (401, "api.unauthenticated")


async def test_what_is_no_list_of_payloads_is_refused(engineer: httpx2.AsyncClient) -> None:
    for body in ("[]", "7", '{"payloads": 7}', '{"payloads": [{"data": 7}]}', "\xff"):
        answer = await engineer.post(DECODE, content=body.encode("latin-1"))
        assert problem(answer) == (422, "codec.payloads")
    elsewhere = await engineer.post("/v1/codec/other/decode", json={"payloads": []})
    encoding = await engineer.post("/v1/codec/default/encode", json={"payloads": []})
    plain = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "MQ=="}]}

    assert problem(elsewhere) == (404, "codec.namespace")
    assert problem(encoding) == (403, "codec.encode")
    assert (await engineer.post(DECODE, json=plain)).json() == plain


async def test_what_is_kept_as_a_blob_can_be_fetched(
    world: World, api: httpx2.AsyncClient, engineer: httpx2.AsyncClient
) -> None:
    name = world.name("large")
    payloads = await sealed(world, await started(api, name, _named(LARGE, name)))
    body = {"payloads": payloads["payloads"][1:]}
    fetch = "/v1/codec/default/download"

    async with await world.client(principal("x", "operator", tenant="globex")) as stranger:
        foreign = await stranger.post(fetch, json=body)
    (found,) = values(await engineer.post(fetch, json=body))

    assert len(found["much"]) > 90_000
    assert foreign.json() == body


async def test_only_temporals_pages_may_ask_with_a_sign_in(
    world: World, greeting: dict[str, Any]
) -> None:
    who = principal("bob", "operator")
    key = await asyncio.to_thread(
        world.services.stores.keys.issue, who, name="browser", environment="all"
    )
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as browser:
        signed = await browser.post("/codec/session", data={"key": key})
        cookie = {"Cookie": f"{SIGN_IN}={signed.cookies[SIGN_IN]}"}
        from_ui = await browser.post(DECODE, json=greeting, headers={"Origin": UI, **cookie})
        evil = {"Origin": "http://evil.example", **cookie}
        from_elsewhere = await browser.post(DECODE, json=greeting, headers=evil)
        world.services.stores.keys.revoke("acme", key.split("_")[2])
        afterwards = await browser.post(DECODE, json=greeting, headers={"Origin": UI, **cookie})
        (printed,) = (await signed_in(world.services)).values()
        by_link = {"Origin": UI, "Cookie": f"{SIGN_IN}={printed}"}
        assert problem(await browser.post(DECODE, json=greeting, headers=by_link))[0] == 401

    assert key not in signed.headers["set-cookie"]
    assert "HttpOnly" in signed.headers["set-cookie"]
    assert "SameSite=strict" in signed.headers["set-cookie"]
    assert values(from_ui)[1] == {"greeting": "Hello, you"}
    assert from_ui.headers["access-control-allow-origin"] == UI
    assert from_ui.headers["access-control-allow-credentials"] == "true"
    assert problem(from_elsewhere) == (401, "api.unauthenticated")
    assert "access-control-allow-origin" not in from_elsewhere.headers
    assert problem(afterwards) == (401, "api.unauthenticated")


@pytest.mark.parametrize("origin", [UI, "http://evil.example"])
async def test_a_preflight_is_answered_to_temporals_pages_only(world: World, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as browser:
        answer = await browser.options(DECODE, headers=asked)

    assert ("access-control-allow-origin" in answer.headers) == (origin == UI)


async def test_a_key_that_may_not_read_payloads_signs_nobody_in(world: World) -> None:
    key = await asyncio.to_thread(
        world.services.stores.keys.issue, principal("vi", "viewer"), name="v", environment="all"
    )
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as browser:
        for shown in (key, "sym_nonsense", ""):
            answer = await browser.post("/codec/session", data={"key": shown})
            assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


async def test_administrators_change_the_key(world: World) -> None:
    async with await world.client(principal("adm", "tenant-admin", tenant="keyed")) as admin:
        first = (await admin.post("/v1/codec/keys/rotate")).json()
        second = (await admin.post("/v1/codec/keys/rotate")).json()
        listed = (await admin.get("/v1/codec/keys")).json()["items"]
        forbidden = await admin.post("/v1/codec/keys/rewrap")
    async with await world.client(principal("gov", "platform-admin")) as governor:
        rewrapped = await governor.post("/v1/codec/keys/rewrap")

    assert listed == [second, first]
    assert problem(forbidden) == (403, "api.forbidden")
    assert rewrapped.json() == {"keys": 0}


def _named(text: str, name: str) -> str:

    return textwrap.dedent(text).replace("NAME", name)


def reference(data: bytes) -> dict[str, Any]:
    """A payload that says of itself that it stands for a blob."""
    kind = base64.b64encode(b"temporal.api.sdk.v1.ExternalStorageReference").decode()
    plain = base64.b64encode(b"json/protobuf").decode()
    metadata = {"encoding": plain, "messageType": kind}
    return {"metadata": metadata, "data": base64.b64encode(data).decode()}


@pytest.mark.parametrize(
    "data",
    [
        b'{"driverName": "symphainy.blobs", "claimData": {"tenant": "acme"}}',
        b'{"driverName": "symphainy.blobs", "claimData": {"tenant": "acme", "digest": "../x"}}',
        b"\xff\xfe",
        b'{"claimData":' * 3000,
        b"[]",
        b"",
    ],
)
async def test_what_only_looks_like_a_reference_stays_as_it_came(
    engineer: httpx2.AsyncClient, data: bytes
) -> None:
    body = {"payloads": [reference(data)]}
    answer = await engineer.post("/v1/codec/default/download", json=body)

    told = base64.b64decode(answer.json()["payloads"][0].get("data", ""))
    assert (answer.status_code, told) == (200, data)


async def test_a_blob_that_is_not_there_is_said_to_be_missing(engineer: httpx2.AsyncClient) -> None:
    claim = {"tenant": "acme", "digest": "sha256:" + "0" * 64}
    told = json.dumps({"driverName": "symphainy.blobs", "claimData": claim}).encode()
    answer = await engineer.post("/v1/codec/default/download", json={"payloads": [reference(told)]})

    assert problem(answer) == (503, "blob.missing")


async def test_a_key_id_that_nobody_could_have_opens_nothing(engineer: httpx2.AsyncClient) -> None:
    for id in (b"none", b"\0", b"\xff", b"x" * 10_000):
        metadata = {
            "encoding": base64.b64encode(b"binary/encrypted").decode(),
            "key": base64.b64encode(id).decode(),
        }
        body = {"payloads": [{"metadata": metadata, "data": "AAECAwQFBgcICQoL"}]}
        answer = await engineer.post(DECODE, json=body)
        (left,) = answer.json()["payloads"]
        assert (answer.status_code, left["data"]) == (200, "AAECAwQFBgcICQoL")


async def test_a_pool_borrows_keys_of_its_own_tenant_on_record(world: World) -> None:
    stores = world.services.stores
    mine = await asyncio.to_thread(stores.data_keys.current, "pooled")
    run = await asyncio.to_thread(stores.run_keys.make, "pooled", "pooled/s/1", "c-1")
    pool = principal("their-pool", "pool", tenant="pooled", kind="service")
    async with await world.client(pool) as client:
        lent = [(await client.post(f"/v1/codec/keys/{one.id}/lend")).json() for one in (mine, run)]
        nothing = await client.post("/v1/codec/keys/none/lend")
        reads = await client.get("/v1/codec/keys")
    other = principal("spy", "pool", tenant="globex", kind="service")
    async with await world.client(other) as client:
        foreign = [await client.post(f"/v1/codec/keys/{one.id}/lend") for one in (mine, run)]
    (*_, first) = stores.audit.list("pooled", actor="their-pool", limit=10)

    assert [(one["id"], one["workflow"]) for one in lent] == [
        (mine.id, None),
        (run.id, "pooled/s/1"),
    ]
    nonce, about = b"0" * 12, b"x"
    for one, key in zip(lent, (mine, run), strict=True):
        sealed_ = AESGCM(base64.b64decode(one["key"])).encrypt(nonce, b"said", about)
        assert key.cipher.decrypt(nonce, sealed_, about) == b"said"
    assert [problem(one) for one in (nothing, *foreign)] == [(404, "codec.no-key")] * 3
    assert problem(reads) == (403, "api.forbidden")
    assert (first.action, first.subject.id) == ("data-key.lent", mine.id)
    assert lent[0]["key"] not in first.model_dump_json()


@pytest.mark.parametrize("role", ["operator", "security-auditor", "viewer"])
async def test_who_may_read_payloads_borrows_no_key(world: World, role: str) -> None:
    key = await asyncio.to_thread(world.services.stores.data_keys.current, "acme")
    async with await world.client(principal("eng", role)) as client:
        answer = await client.post(f"/v1/codec/keys/{key.id}/lend")

    assert problem(answer) == (403, "api.forbidden")


async def test_a_pool_without_database_asks_the_api(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = world.services.stores
    mine = await asyncio.to_thread(stores.data_keys.current, "pooled")
    who = principal("asking", "pool", tenant="pooled", kind="service")
    key = await asyncio.to_thread(stores.keys.issue, who, name="p", environment="all")
    monkeypatch.setenv("SYMPHAINY_URL", world.url)
    monkeypatch.setenv("SYMPHAINY_API_KEY", key)
    lend = borrowing()
    assert lend is not None
    lent = await asyncio.to_thread(lend, mine.id)
    nothing = await asyncio.to_thread(lend, "none")
    stores.keys.revoke("pooled", key.split("_")[2])
    with pytest.raises(Unavailable, match=r"codec\.key.*api\.unauthenticated"):
        await asyncio.to_thread(lend, mine.id)
    monkeypatch.setenv("SYMPHAINY_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"codec\.key.*nobody answers"):
        await asyncio.to_thread(lend, mine.id)

    assert lent is not None
    assert (lent.id, len(lent.key), nothing) == (mine.id, 32, None)
