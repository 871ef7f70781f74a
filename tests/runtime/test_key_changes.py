"""Keys that sign contexts and grants are changed while runs wait."""

import asyncio
from pathlib import Path

from temporalio.api.enums.v1 import EventType

from symphainy.json import Json
from tests.runtime.platform import OWNER, Platform, platform_on, real_server
from workers.pool import Options

WAITS = """
document: {dsl: 1.0.3, namespace: test, name: waits-{{n}}, version: 1.0.0}
do:
  - rest: {wait: PT6S}
  - greet:
      try:
        - hello: {call: content.render, with: {template: "Hello {{ n }}", data: {n: "${ .n }"}}}
      catch:
        do:
          - anyway: {call: content.render, with: {template: "Hello", data: {}}}
"""

HEARS = """
document: {dsl: 1.0.3, namespace: test, name: hears-{{n}}, version: 1.0.0}
do:
  - hear: {listen: {to: {one: {with: {type: com.acme.paid.v1}}}}}
  - greet: {call: content.render, with: {template: "Thanks", data: {}}}
"""
PAID: Json = {
    "specversion": "1.0",
    "id": "p-1",
    "source": "/shop",
    "type": "com.acme.paid.v1",
    "data": {},
}


async def waiting(platform: Platform, run: str) -> None:
    """When a worker has taken the run up and it rests."""
    handle = platform.runs.handle("acme", run)
    async with asyncio.timeout(30):
        while True:
            history = await handle.fetch_history()
            if any(
                event.event_type == EventType.EVENT_TYPE_TIMER_STARTED for event in history.events
            ):
                return
            await asyncio.sleep(0.05)


async def test_a_run_goes_on_with_new_keys_and_ends_where_its_own_was_taken_away(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    async with real_server(tmp_path) as server:
        async with platform_on(server, home, Options()) as before:
            solution = before.deploy(WAITS)
            run = (await before.submit(solution, {"n": 1})).run
            told = (await before.submit(before.deploy(HEARS))).run
        for name in ("intake", "gate"):
            (home / "keys" / f"{name}.pem").rename(home / "keys" / f"{name}-before.pem")
        async with platform_on(server, home, Options()) as changed:
            await changed.until(told, "run.listening")
            await changed.runs.pause(OWNER, told)
            await changed.runs.resume(OWNER, told)
            finished = await changed.finish(run)
            begun, untouched = [(await changed.submit(solution, {"n": 2})).run for _ in "ab"]
            await waiting(changed, begun)
        (home / "keys" / "intake.pem").unlink()
        async with platform_on(server, home, Options()) as revoked:
            await revoked.intake.hub.accept(OWNER, "production", PAID)
            ended = [await revoked.finish(one) for one in (begun, untouched, told)]
            fresh = await revoked.run(
                WAITS.replace("waits", "again").replace("PT6S", "PT1S"), {"n": 3}
            )

    assert (finished.status, finished.output) == ("completed", {"text": "Hello 1"})
    problems = [(one.status, one.problem and one.problem["code"]) for one in ended]
    assert problems == [("faulted", "context.forged")] * 3
    assert (fresh.status, fresh.output) == ("completed", {"text": "Hello 3"})
