"""The waterfall of a run over HTTP and in a browser, and what it takes to see it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest

from idp.client import Platform
from idp.trace import trace
from public_works.telemetry.spans import SpanRecord
from public_works.telemetry.waterfall import waterfall
from solution_api.pages.render import page
from solution_api.pages.waterfall import picture
from tests.api.world import World, deployed, principal, problem, pure, signed_in

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


async def run_of(api: httpx2.AsyncClient, name: str, **headers: str) -> str:
    """A run that is over."""
    solution = await deployed(api, name, pure(name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/greet", headers={"Prefer": "wait=60", **headers}
    )
    run: str = answer.json()["run"]
    return run


def walked(spans: list[dict[str, Any]], depth: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    for one in spans:
        yield depth, one
        yield from walked(one["children"], depth + 1)


async def kept(world: World, api: httpx2.AsyncClient, run: str) -> dict[str, Any]:
    """The waterfall of such a run once it is whole: a request is over after its answer."""
    async with asyncio.timeout(60):
        while True:
            await asyncio.to_thread(world.services.stores.telemetry.flush)
            shown: dict[str, Any] = (await api.get(f"/v1/runs/{run}/trace")).json()
            if len([*walked(shown["spans"])]) == 4:
                return shown
            await asyncio.sleep(0.02)


async def test_the_request_its_intent_and_the_run_are_one_tree(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await run_of(api, world.name(), traceparent=f"00-{TRACE}-{SPAN}-01")

    shown = await kept(world, api, run)

    assert (shown["run"], shown["traces"], shown["kept"]) == (run, [TRACE], True)
    assert [(depth, one["name"], one["room"]) for depth, one in walked(shown["spans"])] == [
        (0, "POST /v1/solutions/{name}/intents/{intent}", "api"),
        (1, "intent", "intake"),
        (2, f"run {run.partition(':')[0]}", "run"),
        (3, "run ends", "run"),
    ]
    top = shown["spans"][0]
    assert (top["parent"], top["offset"]) == (SPAN, 0.0)
    assert top["attributes"]["http.response.status_code"] == 200
    assert shown["duration"] == top["until"]


async def test_a_request_without_a_trace_begins_one(world: World, api: httpx2.AsyncClient) -> None:
    run = await run_of(api, world.name())

    shown = await kept(world, api, run)

    (trace,) = shown["traces"]
    assert (len(trace), shown["spans"][0]["parent"]) == (32, None)


async def test_runs_that_share_a_trace_are_shown_apart(
    world: World, api: httpx2.AsyncClient
) -> None:
    traced = {"traceparent": f"00-{'1' * 32}-{SPAN}-01"}
    first = await run_of(api, world.name(), **traced)
    second = await run_of(api, world.name(), **traced)

    for run in (first, second):
        shown = await kept(world, api, run)
        assert {one["run"] for _, one in walked(shown["spans"])} - {None} == {run}


async def test_another_tenant_sees_no_trace(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    run = await run_of(api, world.name())

    assert problem(await stranger.get(f"/v1/runs/{run}/trace")) == (404, "run.unknown")


async def test_a_run_that_nobody_knows_has_no_trace(api: httpx2.AsyncClient) -> None:
    assert problem(await api.get("/v1/runs/acme.none:1/trace")) == (404, "run.unknown")


async def test_the_page_shows_the_same_to_whoever_may_read(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await run_of(api, world.name())
    await kept(world, api, run)
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as browser:
        closed = await browser.get(f"/outbox/traces/{run}")
        browser.cookies.update(await signed_in(world.services))
        shown = await browser.get(f"/outbox/traces/{run}")
        absent = await browser.get("/outbox/traces/acme.none:1")

    assert "What the run did" not in closed.text
    assert [one for one in ("What the run did", "run ends", "<svg") if one not in shown.text] == []
    assert absent.status_code == 404


@pytest.mark.parametrize("role", ["viewer", "author", "operator", "security-auditor"])
async def test_whoever_may_read_sees_traces(
    world: World, api: httpx2.AsyncClient, role: str
) -> None:
    run = await run_of(api, world.name())
    async with await world.client(principal("reader", role)) as reader:
        assert (await reader.get(f"/v1/runs/{run}/trace")).status_code == 200


async def test_the_command_draws_a_line_for_each_span(
    world: World, api: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    run = await run_of(api, world.name(), traceparent=f"00-{TRACE}-{SPAN}-01")
    await kept(world, api, run)
    key = api.headers["authorization"].partition(" ")[2]

    with closing(Platform(world.url, key)) as platform:
        code = await asyncio.to_thread(trace, platform, run, as_json=False)
        drawn = capsys.readouterr().out.splitlines()
        assert await asyncio.to_thread(trace, platform, run, as_json=True) == 0
    assert (code, drawn[0]) == (0, f"{run}  {TRACE}")
    assert [line.split("  █")[0].strip() for line in drawn[2:]][1:] == [
        "intent",
        f"run {run.partition(':')[0]}",
        "run ends",
    ]
    assert json.loads(capsys.readouterr().out)["run"] == run


def span(n: int, parent: int | None, **more: Any) -> SpanRecord:
    """A span of ten milliseconds that begins at the nth of them."""
    given = {
        "tenant": "acme",
        "trace": TRACE,
        "id": f"{n:016x}",
        "parent": f"{parent:016x}" if parent is not None else None,
        "name": f"span {n}",
        "kind": "internal",
        "room": "run",
        "run": "acme.long:1",
        "step": None,
        "began": n * 10_000_000,
        "ended": (n + 1) * 10_000_000,
        "status": "ok",
        "code": None,
        "attributes": {},
        "events": [],
        "links": [],
    }
    return SpanRecord.model_validate(given | more)


def test_of_a_long_run_the_page_opens_only_steps_that_something_failed_in() -> None:
    spans = [span(0, None)]
    for n in range(60):
        bad = {"status": "error", "code": "delivery.refused"} if n == 30 else {}
        step = f"/do/{n}/s"
        spans.append(span(3 * n + 1, 0, step=step, name=f"step {n}"))
        spans.append(span(3 * n + 2, 3 * n + 1, step=step, **bad))
        spans.append(span(3 * n + 3, 3 * n + 2, step=step, **bad))

    told = picture(waterfall("acme.long:1", spans))
    shown = page("trace.html", "Trace", section="outbox", back="/", **told).body.decode()

    assert (told["count"], told["failed"]) == (181, 1)
    assert [one["name"] for one in told["lines"] if one["open"]] == ["step 30"]
    assert (shown.count("<details"), shown.count("<details open")) == (60, 1)
    (failure,) = told["failures"]
    assert f'href="#s{failure["n"]}"' in shown
    assert f'id="s{failure["n"]}"' in shown


def test_a_chain_deeper_than_the_stack_of_python_is_shown() -> None:
    spans = [span(n, n - 1 if n else None, step=f"/do/{n}") for n in range(3_000)]

    told = picture(waterfall("acme.long:1", spans))
    assert (len(told["lines"]), told["lines"][-1]["name"]) == (3_000, "span 2999")
