"""Events come in over HTTP in each of CloudEvents' forms, and reach the runs of their tenant."""

import asyncio
from uuid import uuid4

import httpx2
import pytest

from symphainy.json import Json
from tests.api.world import World, deployed, problem

STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}

HEARING = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
do:
  - heard:
      listen:
        to:
          one:
            with: {type: TYPE}
            correlate: {order: {from: .data.order, expect: "${ .order }"}}
        read: envelope
"""


def event(type_: str, **more: Json) -> dict[str, Json]:
    return {"specversion": "1.0", "id": str(uuid4()), "source": "/shop", "type": type_, **more}


async def hearing(world: World, api: httpx2.AsyncClient, order: int) -> tuple[str, str]:
    """A run that waits for an event of a type of its own about that order: type and run."""
    name = world.name("hearing")
    text = HEARING.replace("NAME", name).replace("TYPE", f"test.{name}")
    solution = await deployed(api, name, text)
    answer = await api.post(f"/v1/solutions/{solution}/intents/start", json={"order": order})
    return f"test.{name}", answer.json()["run"]


async def ended(api: httpx2.AsyncClient, run: str) -> Json:
    """The only event that the run took, once it is over."""
    async with asyncio.timeout(60):
        while (found := (await api.get(f"/v1/runs/{run}")).json())["status"] == "running":
            await asyncio.sleep(0.05)
    (heard,) = found["output"]
    return heard


async def test_a_structured_event_reaches_the_run_that_waits_for_it(
    world: World, api: httpx2.AsyncClient
) -> None:
    type_, run = await hearing(world, api, 7)
    sent = event(type_, data={"order": 7}, tries=3)

    answer = await api.post("/v1/events", json=sent, headers=STRUCTURED)

    assert answer.status_code == 202, answer.text
    (taken,) = answer.json()["events"]
    assert (taken["new"], taken["id"]) == (True, sent["id"])
    assert await ended(api, run) == sent


async def test_a_binary_event_is_the_same_event(world: World, api: httpx2.AsyncClient) -> None:
    type_, run = await hearing(world, api, 7)
    sent = event(type_, subject="Bestellung ü")
    headers = {f"ce-{name}": str(value) for name, value in sent.items()}
    headers["ce-subject"] = "Bestellung%20%C3%BC"

    answer = await api.post("/v1/events", json={"order": 7}, headers=headers)

    assert answer.status_code == 202, answer.text
    heard = {**sent, "datacontenttype": "application/json", "data": {"order": 7}}
    assert await ended(api, run) == heard


async def test_a_batch_is_taken_in_its_order(world: World, api: httpx2.AsyncClient) -> None:
    type_, run = await hearing(world, api, 7)
    sent = [event(type_, data={"order": n}) for n in (6, 7, 8)]

    answer = await api.post("/v1/events", json=sent, headers=BATCH)

    taken = answer.json()["events"]
    assert [one["id"] for one in taken] == [one["id"] for one in sent]
    # What becomes of other runs is told in between.
    seqs = [one["seq"] for one in taken]
    assert seqs == sorted({*seqs})
    assert await ended(api, run) == sent[1]


async def test_sending_an_event_again_changes_nothing(
    world: World, api: httpx2.AsyncClient
) -> None:
    sent = event(f"test.{world.name('again')}", data={"n": 1})

    first = (await api.post("/v1/events", json=sent)).json()["events"][0]
    again = (await api.post("/v1/events", json={**sent, "data": {"n": 2}})).json()["events"][0]
    listed = (await api.get("/v1/events", params={"type": str(sent["type"])})).json()["items"]

    assert (first["new"], again["new"], again["seq"]) == (True, False, first["seq"])
    assert [one["event"] for one in listed] == [sent]


async def test_events_are_listed_page_by_page(world: World, api: httpx2.AsyncClient) -> None:
    type_ = f"test.{world.name('listed')}"
    for _ in range(3):
        await api.post("/v1/events", json=event(type_))

    first = (await api.get("/v1/events", params={"type": type_, "limit": 2})).json()
    cursor = {"cursor": first["cursor"]}
    rest = (await api.get("/v1/events", params={"type": type_, "limit": 2, **cursor})).json()

    assert [len(first["items"]), len(rest["items"]), rest["cursor"]] == [2, 1, None]
    assert problem(await api.get("/v1/events", params={"cursor": "x"})) == (422, "store.cursor")


async def test_another_tenant_neither_reaches_nor_sees(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    type_, run = await hearing(world, api, 7)

    foreign = await stranger.post("/v1/events", json=event(type_, data={"order": 7, "by": "eve"}))
    mine = event(type_, data={"order": 7, "by": "ada"})
    await api.post("/v1/events", json=mine)

    assert foreign.json()["events"][0]["runs"] == []
    assert await ended(api, run) == mine
    seen = (await stranger.get("/v1/events", params={"type": type_})).json()["items"]
    assert [one["event"]["data"]["by"] for one in seen] == ["eve"]


@pytest.mark.parametrize(
    ("sent", "headers", "told", "pointer"),
    [
        ({"type": "x"}, STRUCTURED, (422, "event.malformed"), "/specversion"),
        (event("x", id=""), STRUCTURED, (422, "event.malformed"), "/id"),
        (event("x", time="noon"), STRUCTURED, (422, "event.malformed"), "/time"),
        (event("x", Big=1), STRUCTURED, (422, "event.malformed"), "/Big"),
        (event("x", nested={}), STRUCTURED, (422, "event.malformed"), "/nested"),
        (event("x", data_base64="%"), STRUCTURED, (422, "event.malformed"), "/data_base64"),
        (event("x", data="x" * 270_000), STRUCTURED, (413, "event.too-large"), "/data"),
        ([event("x"), event("")], BATCH, (422, "event.malformed"), "/1/type"),
        ([event("x")] * 101, BATCH, (413, "event.batch-too-large"), None),
        ({}, BATCH, (422, "event.malformed"), None),
        ({}, {"Content-Type": "application/cloudevents+xml"}, (415, "api.media-type"), None),
        ({}, {"ce-type": "x"}, (422, "event.malformed"), "/specversion"),
    ],
)
async def test_what_is_no_event_is_refused(
    api: httpx2.AsyncClient, sent: Json, headers: dict[str, str], told: tuple[int, str], pointer
) -> None:
    answer = await api.post("/v1/events", json=sent, headers=headers)

    assert problem(answer) == told
    assert answer.json().get("pointer") == pointer


async def test_an_intent_is_told_to_the_run_of_its_key(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("dunning")
    intents = "intents: {collect: {starts: true, key: .order}, paid: {event: TYPE, correlate: KEY}}"
    text = HEARING.replace("do:", f"{intents}\ndo:", 1).replace("KEY", ".data.order")
    text = text.replace("NAME", name).replace("TYPE", f"test.{name}")
    solution = await deployed(api, name, text)
    address = f"/v1/solutions/{solution}/intents"
    run = (await api.post(f"{address}/collect", json={"order": 7})).json()["run"]

    told = await api.post(f"{address}/paid", json={"order": 7}, headers={"Prefer": "wait=60"})
    nobody = await api.post(f"{address}/paid", json={"order": 8})

    assert (told.status_code, told.json()["run"]) == (200, run), told.text
    assert told.json()["output"][0]["data"] == {"order": 7}
    assert problem(nobody) == (404, "run.unknown")
