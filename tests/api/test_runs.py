"""Runs: found, followed, steered."""

import asyncio
import json
from typing import Any

import httpx2

from tests.api.world import World, deployed, problem, pure, started, waiting


def told(text: str) -> list[dict[str, Any]]:
    """The events of a stream."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block.strip()]
    lines = [dict(line.split(": ", 1) for line in block if line[0] != ":") for block in blocks]
    return [{**one, "data": json.loads(one["data"])} for one in lines if one]


async def finished(api: httpx2.AsyncClient, world: World) -> str:
    solution = await deployed(api, name := world.name(), pure(name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/greet", headers={"Prefer": "wait=60"}
    )
    assert answer.status_code == 200, answer.text
    run: str = answer.json()["run"]
    return run


async def test_a_run_is_shown_with_its_output(world: World, api: httpx2.AsyncClient) -> None:
    run = await finished(api, world)
    shown = (await api.get(f"/v1/runs/{run}")).json()
    expected = {
        "run": run,
        "version": "1.0.0",
        "environment": "production",
        "status": "completed",
        "output": {"greeting": "Hello, you"},
        "problem": None,
    }
    assert expected.items() <= shown.items()


async def test_runs_are_listed_by_solution_and_status_page_by_page(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    runs = set()
    for _ in range(3):
        answer = await api.post(
            f"/v1/solutions/{solution}/intents/greet", headers={"Prefer": "wait=60"}
        )
        runs.add(answer.json()["run"])
    query = {"solution": solution, "status": "completed", "limit": 2}
    async with asyncio.timeout(60):
        while len((await api.get("/v1/runs", params={**query, "limit": 9})).json()["items"]) < 3:
            await asyncio.sleep(0.02)
    first = (await api.get("/v1/runs", params=query)).json()
    rest = (await api.get("/v1/runs", params={**query, "cursor": first["cursor"]})).json()
    pages = [{one["run"] for one in page["items"]} for page in (first, rest)]
    assert ([len(page) for page in pages], pages[0] | pages[1]) == ([2, 1], runs)
    none = (await api.get("/v1/runs", params={"solution": solution, "status": "running"})).json()
    assert none["items"] == []
    strange = await api.get("/v1/runs", params={"solution": solution, "customer": "no-one"})
    assert strange.json()["items"] == []


async def test_a_cursor_that_is_none_is_refused(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    assert solution
    for cursor in ("x", "é", "AAAA", "eyJhIjoxfQ==", "////", "-_-_", "A" * 2048):
        answer = await api.get("/v1/runs", params={"cursor": cursor})
        assert problem(answer) == (422, "store.cursor"), cursor
    bad = await api.get("/v1/runs", params={"solution": "a' OR 'a'='a"})
    assert problem(bad) == (422, "run.bad-query")
    assert problem(await api.get("/v1/runs?status=lost")) == (422, "api.invalid-request")
    assert problem(await api.get("/v1/runs?limit=0")) == (422, "api.invalid-request")


async def test_no_run_is_found_under_an_id_that_is_none(api: httpx2.AsyncClient) -> None:
    for run in (
        "acme.x:y",
        "x",
        ":",
        "acme.x:",
        "%00:%00",
        "acme.x:%00",
        "a" * 5000,
        "acme.x:" + "a" * 999,
        "%F0%9F%92%A9:1",
        "acme.x:%25zz",
        "%2e%2e/%2e%2e/evil:1",
        "%ff%fe:%ff",
    ):
        answer = await api.get(f"/v1/runs/{run}")
        assert problem(answer)[0] == 404, run


async def test_pausing_resuming_and_cancelling(world: World, api: httpx2.AsyncClient) -> None:
    run = await started(api, name := world.name(), waiting(name))
    for verb, status in (("pause", 200), ("resume", 200), ("cancel", 202)):
        answer = await api.post(f"/v1/runs/{run}/{verb}")
        assert (answer.status_code, answer.json()["run"]) == (status, run), answer.text
    events = told((await api.get(f"/v1/runs/{run}/events")).text)
    assert events[-1]["event"] == "run.cancelled"
    assert (await api.get(f"/v1/runs/{run}")).json()["status"] == "cancelled"
    for verb in ("pause", "resume"):
        assert problem(await api.post(f"/v1/runs/{run}/{verb}")) == (409, "run.closed")
    assert (await api.post(f"/v1/runs/{run}/cancel")).status_code == 202
    over = await finished(api, world)
    assert problem(await api.post(f"/v1/runs/{over}/cancel")) == (409, "run.closed")


async def test_events_tell_the_run_and_end_with_it(world: World, api: httpx2.AsyncClient) -> None:
    run = await finished(api, world)
    answer = await api.get(f"/v1/runs/{run}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = told(answer.text)
    assert [one["event"] for one in events] == ["run.started", "run.completed"]
    assert [one["data"]["id"] for one in events] == [one["id"] for one in events]
    assert events[-1]["data"]["data"] == {"output": {"greeting": "Hello, you"}}
    for rest in (
        await api.get(f"/v1/runs/{run}/events", params={"after": events[0]["id"]}),
        await api.get(f"/v1/runs/{run}/events", headers={"Last-Event-ID": events[0]["id"]}),
    ):
        assert told(rest.text) == events[1:]


async def test_events_come_as_they_happen_or_end_at_the_present(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await started(api, name := world.name(), waiting(name))
    async with api.stream("GET", f"/v1/runs/{run}/events") as live:
        lines = live.aiter_lines()
        async with asyncio.timeout(60):
            async for line in lines:
                if line == "event: run.waiting":
                    break
        now = told((await api.get(f"/v1/runs/{run}/events?follow=false")).text)
        assert [one["event"] for one in now] == ["run.started", "run.waiting"]
        await api.post(f"/v1/runs/{run}/cancel")
        async with asyncio.timeout(60):
            assert "event: run.cancelled" in [line async for line in lines]


async def test_an_event_the_run_does_not_have_is_refused(
    world: World, api: httpx2.AsyncClient
) -> None:
    run, other = await finished(api, world), await finished(api, world)
    foreign = told((await api.get(f"/v1/runs/{other}/events")).text)[0]["id"]
    none = "00000000-0000-0000-0000-000000000000.1"
    for after in (foreign, none, "1", "x.²", foreign.partition(".")[0] + ".x", "é"):
        answer = await api.get(f"/v1/runs/{run}/events", params={"after": after})
        assert problem(answer) == (422, "api.event-unknown"), after


async def test_whoever_leaves_stops_the_poll_of_the_history(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await started(api, name := world.name(), waiting(name))

    def polling() -> list[str]:
        names = (one.get_name() for one in asyncio.all_tasks())
        return [name for name in names if name == "the next event of a run"]

    async with api.stream("GET", f"/v1/runs/{run}/events") as live:
        async for line in live.aiter_lines():
            if line == "event: run.waiting":
                break
        async with asyncio.timeout(60):
            while not polling():
                await asyncio.sleep(0.02)
    async with asyncio.timeout(60):
        while polling():
            await asyncio.sleep(0.02)


async def test_another_tenant_finds_nothing(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    run = await started(api, name := world.name(), waiting(name))
    for path in (f"/v1/runs/{run}", f"/v1/runs/{run}/events"):
        assert problem(await stranger.get(path)) == (404, "run.unknown")
    for verb in ("pause", "resume", "cancel"):
        assert problem(await stranger.post(f"/v1/runs/{run}/{verb}")) == (404, "run.unknown")
    assert (await stranger.get(f"/v1/runs/{run}/deliveries")).json()["items"] == []
    assert (await stranger.get("/v1/decisions", params={"run": run})).json()["items"] == []
    assert (await stranger.get("/v1/runs")).json()["items"] == []
    assert (await api.get(f"/v1/runs/{run}")).json()["status"] == "running"


async def test_a_run_is_drawn_on_the_graph_of_its_version(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await finished(api, world)

    shown = (await api.get(f"/v1/runs/{run}/graph")).json()
    text = await api.get(f"/v1/runs/{run}/graph", headers={"Accept": "text/vnd.mermaid"})

    assert [one["id"] for one in shown["graph"]["nodes"]] == ["start", "/do/0/hello", "end"]
    assert shown["overlay"] == {"/do/0/hello": {"status": "done", "count": 1, "reason": None}}
    assert text.headers["content-type"].startswith("text/vnd.mermaid")
    assert text.text == shown["mermaid"]
    assert "  class n1 done\n" in text.text
    assert (await api.get(f"/v1/runs/{run}/graph?format=mermaid")).text == text.text
    assert problem(await api.get("/v1/runs/acme.none:1/graph")) == (404, "run.unknown")
