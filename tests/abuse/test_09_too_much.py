"""A definition that multiplies: a million items, itself within itself, tries without end."""

import asyncio
import textwrap
from datetime import timedelta

import httpx2
import pytest
from temporalio.api.enums.v1 import EventType

from tests.abuse.city import alive, check, done, flow, said, start, wanted
from tests.api.world import World
from tests.runtime.platform import Platform

MILLION = """
    do:
      - each:
          for: {each: n, in: "${ [range(1000000)] }"}
          do:
            - one: {set: {n: "${ $n }"}}
"""
GIVEN = """
    do:
      - each:
          for: {each: n, in: "${ .items }"}
          do:
            - one: {set: {n: "${ $n }"}}
"""
BRANCHES = "do:\n  - all:\n      fork:\n        branches:\n" + "".join(
    f"          - b{n}: {{set: {{n: {n}}}}}\n" for n in range(2_000)
)
FOR_EVER = """
    do:
      - again:
          try:
            - fail: {raise: {error: {type: "https://acme.example/x", status: 503}}}
          catch:
            retry: {delay: {seconds: 0}, backoff: {constant: {}}}
"""
CIRCLE = """
    do:
      - one: {set: {a: 1}}
      - two: {set: {a: 2}, then: one}
"""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (CIRCLE, "compile.endless-loop"),
        (BRANCHES, "compile.too-many-branches"),
    ],
    ids=["circle", "two thousand branches"],
)
async def test_what_can_be_seen_beforehand_is_refused(
    api: httpx2.AsyncClient, world: World, body: str, code: str
) -> None:
    name, text = flow(world, body)

    assert code in await check(api, text)
    assert (await said(api, name, text)).status_code == 422


@pytest.mark.parametrize(
    ("body", "payload"),
    [(MILLION, None), (GIVEN, {"items": [*range(49_000)]})],
    ids=["computed", "given"],
)
async def test_a_loop_over_too_many_items_is_cut(
    platform: Platform, api: httpx2.AsyncClient, world: World, body: str, payload: object
) -> None:
    name, text = flow(world, body)
    answer = await said(api, name, text)
    if answer.status_code == 422:
        return
    shown = await done(platform, api, await wanted(api, name, payload))

    assert shown["status"] == "faulted"
    assert shown["problem"]["code"] in ("run.too-many-items", "expression.budget")


async def test_a_retry_for_ever_without_a_delay_gets_one(skipping: Platform) -> None:
    patient = "document: {dsl: 1.0.3, namespace: acme, name: v-{{n}}, version: 1.0.0}\n"
    limit = "timeout: {after: {minutes: 1}}\n"
    run = await skipping.submit(skipping.deploy(patient + limit + textwrap.dedent(FOR_EVER)))
    finished = await skipping.finish(run.run)

    handle = skipping.runs.handle("acme", run.run)
    history = [one async for one in handle.fetch_history_events()]
    assert (finished.status, finished.closed is not None) == ("faulted", True)
    lengths = {
        one.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for one in history
        if one.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    }
    assert lengths == {timedelta(seconds=1), timedelta(minutes=1)}
    # A minute has no more, and fewer where trying takes its time too.
    pauses = sum(one.event_type == EventType.EVENT_TYPE_TIMER_FIRED for one in history)
    assert 10 <= pauses <= 61


async def test_a_solution_that_runs_itself_ends(
    platform: Platform, api: httpx2.AsyncClient, world: World
) -> None:
    name, text = flow(
        world,
        """
        do:
          - deeper:
              run: {workflow: {namespace: acme, name: NAME, version: 1.0.0}}
        """,
    )

    shown = await done(platform, api, await start(api, name, text))

    assert (shown["status"], shown["problem"]["code"]) == ("faulted", "run.too-deep")


async def test_while_all_of_it_runs_a_neighbour_is_served(
    platform: Platform, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient, world: World
) -> None:
    name, text = flow(world, GIVEN)
    many = {"items": [*range(5_000)]}
    first = await start(api, name, text, many)
    path = f"/v1/solutions/acme.{name}/intents/start"
    asked = await asyncio.gather(*(api.post(path, json=many) for _ in range(9)))
    runs = [first, *(one.json()["run"] for one in asked)]

    await alive(platform, world, stranger, tenant="evil")

    ended = [(await done(platform, api, run))["status"] for run in runs]
    assert ended == ["completed"] * 10
