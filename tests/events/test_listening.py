"""Runs wait for events and get exactly those they are waiting for."""

from typing import Any
from uuid import uuid4

from symphainy.json import Json
from temporal.hub import Taken
from tests.runtime.platform import OWNER, Platform

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: hears-{{n}}, version: 1.0.0}
"""


def event(type_: str, data: Json = None, **more: Json) -> dict[str, Any]:
    """A CloudEvent as it comes in."""
    given = {"specversion": "1.0", "id": str(uuid4()), "source": "/test", "type": type_}
    return {**given, "data": data, **more}


async def send(platform: Platform, type_: str, data: Json = None, **more: Json) -> Taken:
    return await platform.intake.hub.accept(OWNER, "production", event(type_, data, **more))


PAID = (
    HEAD
    + """
do:
  - paid:
      listen:
        to:
          one:
            with: {type: test.paid}
            correlate: {invoice: {from: .data.invoice, expect: "${ .id }"}}
"""
)


async def test_a_run_that_waits_gets_its_event_and_no_other(platform: Platform) -> None:
    solution = platform.deploy(PAID)
    first = await platform.submit(solution, {"id": 1})
    second = await platform.submit(solution, {"id": 2})
    for run in (first, second):
        await platform.until(run.run, "run.listening")

    taken = await send(platform, "test.paid", {"invoice": 2, "by": "ada"})
    ended = await platform.finish(second.run)

    assert taken.runs == (second.run,)
    assert ended.output == [{"invoice": 2, "by": "ada"}]
    assert (await platform.runs.get("acme", first.run)).status == "running"
    await send(platform, "test.paid", {"invoice": 1, "by": "bob"})
    assert (await platform.finish(first.run)).output == [{"invoice": 1, "by": "bob"}]


async def test_what_one_run_emits_another_hears(platform: Platform) -> None:
    hearing = await platform.submit(platform.deploy(PAID), {"id": 77})
    await platform.until(hearing.run, "run.listening")
    text = (
        HEAD
        + """
do:
  - tell: {emit: {event: {with: {type: test.paid, data: {invoice: "${ .id }"}}}}}
"""
    )

    emitted = await platform.output(text, {"id": 77})

    assert (await platform.finish(hearing.run)).output == [{"invoice": 77}]
    assert isinstance(emitted, dict)
    assert sorted(emitted) == ["data", "id", "source", "specversion", "time", "type"]
    assert str(emitted["source"]).startswith("/test/hears-")
