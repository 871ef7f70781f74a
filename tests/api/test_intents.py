"""Intents: what is wanted is done once, however often it is asked for."""

import asyncio
import textwrap
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx2
import pytest

from tests.api.world import World, deployed, principal, problem, pure, put, waiting

KEYED = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
input: {schema: {document: {type: object, required: [invoice]}}}
intents:
  collect: {starts: true, key: "${ .invoice.id }"}
do:
  - rest: {wait: {hours: 10}}
"""
FAULTY = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
do:
  - fail: {raise: {error: {type: https://acme.example/out-of-stock, status: 409, title: Gone}}}
"""


async def test_an_intent_is_taken_and_its_run_can_be_followed(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    answer = await api.post(f"/v1/solutions/{solution}/intents/greet", json={"name": "Ana"})
    assert answer.status_code == 202
    run = answer.json()["run"]
    assert answer.json() == {
        "run": run,
        "solution": solution,
        "version": "1.0.0",
        "existing": False,
        "links": {
            "self": f"/v1/runs/{run}",
            "events": f"/v1/runs/{run}/events",
            "deliveries": f"/v1/runs/{run}/deliveries",
        },
    }
    assert answer.headers["location"] == f"/v1/runs/{run}"


async def test_prefer_wait_answers_with_the_result(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/greet",
        json={"name": "Ana"},
        headers={"Prefer": "respond-async, wait=60"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "wait=60"
    assert {**answer.json(), "run": ""} == {
        "run": "",
        "solution": solution,
        "version": "1.0.0",
        "status": "completed",
        "output": {"greeting": "Hello, Ana"},
    }


async def test_prefer_wait_answers_with_the_problem_of_a_run_that_faults(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    solution = await deployed(api, name, FAULTY.replace("NAME", name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/start", headers={"Prefer": "wait=60"}
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "faulted")
    assert answer.json()["problem"]["status"] == 409


async def test_waiting_ends_when_its_time_is_over_and_never_lasts_more_than_a_minute(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name(), waiting(name))
    path = f"/v1/solutions/{solution}/intents/start"
    answer = await api.post(path, headers={"Prefer": "wait=1"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=1")
    quick = await deployed(api, name := world.name(), pure(name))
    capped = await api.post(
        f"/v1/solutions/{quick}/intents/greet", headers={"Prefer": "wait=86400"}
    )
    assert (capped.status_code, capped.headers["preference-applied"]) == (200, "wait=60")


async def test_the_same_key_is_the_same_run(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    path, headers = f"/v1/solutions/{solution}/intents/greet", {"Idempotency-Key": f"k-{name}"}
    answers = await asyncio.gather(
        *(api.post(path, json={"name": "Ana"}, headers=headers) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["run"] for answer in answers}) == 1
    again = await api.post(path, json={"name": "Ana"}, headers={**headers, "Prefer": "wait=60"})
    assert again.json()["output"] == {"greeting": "Hello, Ana"}
    other = await api.post(path, json={"name": "Bo"}, headers=headers)
    assert problem(other) == (409, "intent.key-reused")


async def test_the_same_business_key_is_the_same_run(world: World, api: httpx2.AsyncClient) -> None:
    name = world.name()
    solution = await deployed(api, name, KEYED.replace("NAME", name))
    path = f"/v1/solutions/{solution}/intents/collect"
    first = await api.post(path, json={"invoice": {"id": "A/1 é"}})
    second = await api.post(path, json={"invoice": {"id": "A/1 é"}})
    assert [one.json()["existing"] for one in (first, second)] == [False, True]
    assert first.json()["run"] == second.json()["run"] == f"{solution}:A%2F1%20%C3%A9"
    shown = await api.get(first.headers["location"])
    assert (shown.status_code, shown.json()["run"]) == (200, first.json()["run"])
    as_it_is = await api.get(f"/v1/runs/{first.json()['run']}")
    assert as_it_is.json()["run"] == first.json()["run"]


async def test_what_the_solution_does_not_take_is_refused_with_a_pointer(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    solution = await deployed(api, name, KEYED.replace("NAME", name))
    path = f"/v1/solutions/{solution}/intents"
    assert problem(await api.post(f"{path}/collect", json={})) == (422, "intent.input")
    unknown = await api.post(f"{path}/colect", json={})
    assert problem(unknown) == (404, "intent.unknown")
    assert "collect" in unknown.json()["detail"]
    keyless = await api.post(f"{path}/collect", json={"invoice": {"id": None}})
    assert problem(keyless) == (422, "intent.key")
    long = await api.post(f"{path}/collect", json={"invoice": {"id": "x" * 201}})
    assert problem(long) == (422, "run.bad-key")


async def test_a_version_of_another_environment_can_be_asked_for(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    solution = await deployed(api, name, pure(name))
    built = "1.0.0+run.1a2b"
    await put(api, name, pure(name), version=built)
    path = f"/v1/solutions/{solution}/intents/greet"
    early = await api.post(f"{path}?environment=sandbox", headers={"Prefer": "wait=60"})
    assert problem(early) == (409, "solution.not-deployed")
    await api.post(
        f"/v1/solutions/{solution}/versions/{built}/deploy", json={"environment": "sandbox"}
    )
    for query in (f"version={built}", "version=1.0.0%2Brun.1a2b"):
        done = await api.post(f"{path}?environment=sandbox&{query}", headers={"Prefer": "wait=60"})
        assert (done.status_code, done.json()["version"]) == (200, built)


async def test_a_solution_without_intents_is_started(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), waiting(name))
    assert (await api.post(f"/v1/solutions/{solution}/intents/start")).status_code == 202


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": ', (400, "document.syntax")),
        (b"\xff\xfe", (422, "document.encoding")),
        (b'{"a": "\\u0000"}', (422, "document.character")),
        (b'{"a": "\\ud800"}', (422, "document.character")),
        (b'{"a\\ud800": 1}', (422, "document.character")),
        (b'{"a": NaN}', (400, "document.syntax")),
        (b'{"a": 1e999}', (422, "document.number")),
        (b'{"a": ' + b"9" * 5000 + b"}", (422, "document.number")),
        (b"[" * 65 + b"]" * 65, (422, "document.too-deep")),
        (b"[" * 400_000, (422, "document.too-deep")),
        (b'{"a": 1, "a": 2}', (422, "document.duplicate-key")),
        (b'"' + b"a" * 1_048_576 + b'"', (413, "api.body-too-large")),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else "",
)
async def test_a_payload_that_nothing_could_keep_is_refused(
    world: World, api: httpx2.AsyncClient, body: bytes, expected: tuple[int, str]
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.post("/v1/solutions/acme.any/intents/start", content=body, headers=headers)
    assert problem(answer) == expected


@pytest.mark.parametrize("number", [2**53 + 1, 2**64, -(2**63) - 1, 10**300, 1.5e308])
async def test_large_numbers_pass_unharmed(
    world: World, api: httpx2.AsyncClient, number: float
) -> None:
    name = world.name()
    text = textwrap.dedent(pure(name)).replace('\'${ "Hello, " + (.name // "you") }\'', "'${ .n }'")
    solution = await deployed(api, name, text)
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/greet",
        json={"n": number},
        headers={"Prefer": "wait=60"},
    )
    assert answer.status_code == 200, answer.text


async def test_bodies_are_plain_json(world: World, api: httpx2.AsyncClient) -> None:
    path = "/v1/solutions/acme.any/intents/start"
    kinds = {
        "text/plain": "api.media-type",
        "application/x-www-form-urlencoded": "api.media-type",
        "application/json; charset=latin-1": "api.media-type",
        "é": "api.media-type",
    }
    for kind, code in kinds.items():
        headers = {"Content-Type": kind.encode("latin-1")}
        answer = await api.post(path, content=b"{}", headers=headers)
        assert problem(answer) == (415, code), kind
    zipped = await api.post(path, content=b"{}", headers={"Content-Encoding": "gzip"})
    assert problem(zipped) == (415, "api.content-encoding")


async def test_a_body_that_is_too_large_is_read_to_its_end_and_refused(
    world: World, api: httpx2.AsyncClient
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    answer = await api.post("/v1/solutions/acme.any/intents/start", content=chunks())
    assert problem(answer) == (413, "api.body-too-large")


async def test_a_body_that_does_not_end_is_cut_off(world: World, api: httpx2.AsyncClient) -> None:
    url = httpx2.URL(world.url)
    _, writer = await asyncio.open_connection(url.host, url.port)
    head = (
        "POST /v1/solutions/acme.any/intents/start HTTP/1.1",
        "Host: x",
        f"Authorization: {api.headers['Authorization']}",
        "Transfer-Encoding: chunked",
        "\r\n",
    )
    writer.write("\r\n".join(head).encode())
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    sent = 0
    with suppress(ConnectionError):
        while sent < 1_000_000_000 and not writer.is_closing():
            writer.write(chunk)
            await writer.drain()
            sent += len(chunk)
    writer.close()
    assert 16_000_000 < sent < 64_000_000


async def test_idempotency_keys_are_visible_ascii(world: World, api: httpx2.AsyncClient) -> None:
    path = "/v1/solutions/acme.any/intents/start"
    for key in (b"", b"a b", b"\xe9", b"x" * 201):
        answer = await api.post(path, headers={"Idempotency-Key": key})
        assert problem(answer) == (422, "api.invalid-request"), key
        assert answer.json()["pointer"] == "/header/Idempotency-Key"


async def test_the_trace_goes_on_in_the_run(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    for trace in ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "garbage", "é"):
        answer = await api.post(
            f"/v1/solutions/{solution}/intents/greet",
            headers={"traceparent": trace.encode("latin-1"), "Prefer": "wait=60"},
        )
        assert answer.status_code == 200, answer.text


async def test_only_operators_send_intents(world: World) -> None:
    for role in ("viewer", "author"):
        async with await world.client(principal("someone", role)) as client:
            answer = await client.post("/v1/solutions/acme.any/intents/start")
            assert problem(answer) == (403, "api.forbidden")
