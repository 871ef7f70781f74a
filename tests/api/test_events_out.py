"""What the platform tells goes out: to endpoints in order and at least once, and to whoever asks
from a cursor on; what nobody takes is kept for somebody to look at."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import httpx2
import pytest

from symphainy.json import Json
from tests.api.test_events import event
from tests.api.world import World, deployed, problem, pure
from tests.twins.receiver import PATH, ReceiverTwin
from tests.twins.web import Answer


async def until(ready: Callable[[], Awaitable[bool]]) -> None:
    """Wait until that is so."""
    async with asyncio.timeout(60):
        while not await ready():
            await asyncio.sleep(0.05)


@pytest.fixture
async def twin() -> AsyncIterator[ReceiverTwin]:
    """A server of a partner."""
    async with ReceiverTwin() as twin:
        yield twin


async def wanting(world: World, api: httpx2.AsyncClient, twin: ReceiverTwin, *types: str) -> str:
    """An endpoint at the twin that wants these."""
    name = world.name("feed")
    url = f"http://localhost:{twin.port}{PATH}"
    made = await api.post("/v1/webhooks", json={"name": name, "url": url, "types": [*types]})
    assert made.status_code == 201, made.text
    twin.secrets = (made.json()["secret"],)
    return name


async def test_an_endpoint_is_sent_what_it_wants_and_nothing_else(
    world: World, api: httpx2.AsyncClient, twin: ReceiverTwin
) -> None:
    type_ = f"test.{world.name('out')}"
    await wanting(world, api, twin, f"{type_}.*")
    for n in range(3):
        await api.post("/v1/events", json=event(f"{type_}.a", subject="s", data={"n": n}))
    await api.post("/v1/events", json=event("test.other", data={}))
    await api.post("/v1/events", json=event(f"{type_}.b", subject="s", data={"n": 3}))

    async def all_there() -> bool:
        return len(twin.events()) == 4

    await until(all_there)
    told = [one.document for one in twin.events()]
    assert [one["data"] for one in told] == [{"n": n} for n in range(4)]
    assert [one["type"] for one in told] == [f"{type_}.a"] * 3 + [f"{type_}.b"]
    assert [one["seq"] for one in told] == sorted(one["seq"] for one in told)


async def test_events_about_one_thing_wait_for_the_one_before(
    world: World, api: httpx2.AsyncClient, twin: ReceiverTwin
) -> None:
    type_, twin.fault, twin.times = f"test.{world.name('out')}", "503", 1
    await wanting(world, api, twin, type_)
    for subject in ("a", "a", "b"):
        await api.post("/v1/events", json=event(type_, subject=subject, data=subject))

    async def all_there() -> bool:
        return len(twin.events()) == 3

    await until(all_there)
    seqs = [one.document["seq"] for one in twin.events() if one.document["subject"] == "a"]
    assert seqs == sorted(seqs)
    # What was refused once is the same event when it is sent again.
    assert len({one.id for one in twin.events()}) == 3


async def test_what_nobody_takes_is_a_dead_letter_that_is_sent_again_by_hand(
    world: World, api: httpx2.AsyncClient, twin: ReceiverTwin
) -> None:
    type_ = f"test.{world.name('out')}"
    name = await wanting(world, api, twin, type_)
    twin.says = Answer(410, {"gone": True})
    await api.post("/v1/events", json=event(type_, data={"n": 1}))

    async def letters() -> list[Json]:
        found = (await api.get("/v1/dead-letters", params={"limit": 200})).json()["items"]
        return [one for one in found if one["target"] == name]

    async def dead() -> bool:
        return bool(await letters())

    await until(dead)
    (letter,) = await letters()
    shown = (await api.get(f"/v1/dead-letters/{letter['id']}")).json()
    assert (shown["way"], shown["event"]["data"], shown["tries"]) == ("out", {"n": 1}, 1)
    assert "410" in shown["reason"]
    assert not (await api.get(f"/v1/webhooks/{name}")).json()["enabled"]

    twin.says = None
    await api.post(f"/v1/webhooks/{name}/enable")
    assert (await api.post(f"/v1/dead-letters/{letter['id']}/resend")).status_code == 200

    async def taken() -> bool:
        return len(twin.events()) == 1

    await until(taken)
    assert await letters() == []
    again = await api.post(f"/v1/dead-letters/{letter['id']}/resend")
    assert problem(again) == (404, "event.letter-missing")


async def test_an_event_that_can_start_nothing_is_a_dead_letter(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("keyed")
    intents = f"intents: {{go: {{starts: true, event: test.{name}, key: .order}}}}\ndo:"
    await deployed(api, name, pure(name).replace("intents:\n  greet: {starts: true}\ndo:", intents))
    sent = event(f"test.{name}", data={"no": "order"})
    await api.post("/v1/events", json=sent)

    found = (await api.get("/v1/dead-letters", params={"limit": 200})).json()["items"]
    (letter,) = [one for one in found if one["event"]["id"] == sent["id"]]

    assert (letter["way"], letter["target"]) == ("in", f"start:intent:acme.{name}:go")
    assert letter["reason"].startswith("intent.key:")
    assert (await api.post(f"/v1/dead-letters/{letter['id']}/discard")).status_code == 200
    assert problem(await api.get(f"/v1/dead-letters/{letter['id']}"))[0] == 404


async def test_a_replay_sends_the_same_ids_again(
    world: World, api: httpx2.AsyncClient, twin: ReceiverTwin
) -> None:
    type_, begun = f"test.{world.name('out')}", datetime.now(UTC).isoformat()
    name = await wanting(world, api, twin, type_)
    for n in range(2):
        await api.post("/v1/events", json=event(type_, data={"n": n}))

    async def there(many: int) -> bool:
        return twin.writes >= many

    await until(lambda: there(2))
    again = await api.post(f"/v1/webhooks/{name}/replay", json={"since": begun})
    await until(lambda: there(4))

    assert (again.status_code, again.json()) == (202, {"events": 2})
    # The server knows them by their ids, and takes none twice.
    assert len(twin.events()) == 2
    ids = [one.headers["webhook-id"] for one in twin.asked]
    assert sorted(ids[:2]) == sorted(ids[2:])
    plain = world.name("plain")
    await api.post("/v1/webhooks", json={"name": plain, "url": "https://erp.partner.example/"})
    refused = await api.post(f"/v1/webhooks/{plain}/replay", json={"cursor": "0"})
    assert problem(refused) == (409, "webhook.wants-nothing")


async def test_a_cursor_goes_through_events_without_gap_or_repetition(
    world: World, api: httpx2.AsyncClient
) -> None:
    type_, cursor = f"test.{world.name('walk')}", None
    for n in range(5):
        await api.post("/v1/events", json=event(type_, data=n))
    seen: list[Json] = []
    for _ in range(4):
        asked = {"order": "oldest", "type": type_, "limit": 2} | (
            {"cursor": cursor} if cursor else {}
        )
        page = (await api.get("/v1/events", params=asked)).json()
        seen += [one["event"]["data"] for one in page["items"]]
        cursor = page["cursor"]
    await api.post("/v1/events", json=event(type_, data=5))
    page = (await api.get("/v1/events", params={"order": "oldest", "cursor": cursor})).json()

    assert seen == [0, 1, 2, 3, 4]
    assert page["items"][0]["event"]["data"] == 5


async def test_a_cursor_is_good_for_its_tenant_alone_and_as_it_was_given(
    world: World, api: httpx2.AsyncClient
) -> None:
    await api.post("/v1/events", json=event(f"test.{world.name('walk')}"))
    oldest = {"order": "oldest", "limit": 1}
    cursor = (await api.get("/v1/events", params=oldest)).json()["cursor"]
    foreign = world.services.cursors.seal("globex", cursor.partition(".")[2])
    proof, _, seq = cursor.partition(".")
    later = f"{proof}.{int(seq) + 1}"
    for bad in (foreign, later, seq, f"{cursor}0", "x", "-1", ".", "9" * 40, "\u0661"):
        for path in ("/v1/events", "/v1/events/stream", "/v1/dead-letters"):
            answer = await api.get(path, params={"cursor": bad, "follow": "false"})
            assert problem(answer) == (422, "store.cursor"), (path, bad)
    good = await api.get("/v1/events", params={**oldest, "cursor": cursor})
    assert good.status_code == 200


async def test_a_cursor_moves_on_where_nothing_is_told_that_is_asked_for(
    world: World, api: httpx2.AsyncClient
) -> None:
    asked = {"order": "oldest", "type": f"test.{world.name('rare')}", "cursor": "0"}
    await api.post("/v1/events", json=event("test.other"))
    page = (await api.get("/v1/events", params=asked)).json()

    last = world.services.stores.events.last("acme")
    behind = world.services.cursors.open("acme", page["cursor"])
    assert (page["items"], behind) == ([], str(last))


async def test_a_cursor_from_a_log_that_was_put_back_is_refused(
    world: World, api: httpx2.AsyncClient
) -> None:
    ahead = world.services.cursors.seal("acme", str(10**9))
    asked = {"order": "oldest", "cursor": ahead}
    assert problem(await api.get("/v1/events", params=asked)) == (410, "event.cursor-expired")


async def test_a_stream_begins_at_a_cursor(world: World, api: httpx2.AsyncClient) -> None:
    type_ = f"test.{world.name('walk')}"
    sent = [await api.post("/v1/events", json=event(type_, data=n)) for n in range(3)]
    seqs = [one.json()["events"][0]["seq"] for one in sent]
    listed = (await api.get("/v1/events", params={"type": type_, "limit": 3})).json()["items"]
    cursor = listed[-1]["cursor"]

    asked = {"type": [type_], "follow": "false"}
    answer = await api.get("/v1/events/stream", params=asked, headers={"Last-Event-ID": cursor})

    lines = [json.loads(one[6:]) for one in answer.text.splitlines() if one.startswith("data: ")]
    assert [one["event"]["data"] for one in lines] == [1, 2]
    assert [one["seq"] for one in lines] == seqs[1:]


async def test_what_becomes_of_a_version_and_of_its_runs_is_told_in_order(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("told")
    last = world.services.stores.events.last("acme")
    cursor = world.services.cursors.seal("acme", str(last))
    solution = await deployed(api, name, pure(name))
    run = (await api.post(f"/v1/solutions/{solution}/intents/greet", json={})).json()["run"]
    told: list[Json] = []

    async def over() -> bool:
        asked = {"order": "oldest", "cursor": cursor, "limit": 200}
        items = (await api.get("/v1/events", params=asked)).json()["items"]
        about = [one["event"] for one in items if one["event"].get("subject") in (solution, run)]
        told[:] = [(one["type"], one["data"].get("version")) for one in about]
        return len(told) >= 3

    await until(over)
    assert told == [
        ("com.symphainy.version.deployed.v1", "1.0.0"),
        ("com.symphainy.run.started.v1", "1.0.0"),
        ("com.symphainy.run.completed.v1", "1.0.0"),
    ]


async def test_an_environment_that_is_not_there_takes_no_events(api: httpx2.AsyncClient) -> None:
    asked = {"environment": "nope"}
    answer = await api.post("/v1/events", params=asked, json=event("test.nowhere"))

    assert problem(answer) == (404, "event.environment")


async def test_a_loop_of_events_ends(world: World, api: httpx2.AsyncClient) -> None:
    name = world.name("loop")
    text = (
        f"document: {{dsl: 1.0.3, namespace: acme, name: {name}, version: 1.0.0}}\n"
        f"intents: {{go: {{starts: true, event: test.{name}}}}}\n"
        f"do:\n  - again: {{emit: {{event: {{with: {{source: /me, type: test.{name}}}}}}}}}\n"
    )
    await deployed(api, name, text)
    await api.post("/v1/events", json=event(f"test.{name}", id=str(uuid4())))

    async def cut() -> bool:
        found = (await api.get("/v1/dead-letters", params={"limit": 200})).json()["items"]
        mine = [one for one in found if one["target"].startswith(f"start:intent:acme.{name}:")]
        return any(one["reason"].startswith("event.too-deep:") for one in mine)

    await until(cut)
    runs = (await api.get("/v1/runs", params={"solution": f"acme.{name}", "limit": 200})).json()
    assert len(runs["items"]) == 20
