"""Keys that sign contexts and grants are changed while runs wait."""

from pathlib import Path

from symphainy.json import Json
from tests.runtime.platform import OWNER, platform_on, real_server
from workers.pool import Options

WAITS = """
document: {dsl: 1.0.3, namespace: test, name: waits-{{n}}, version: 1.0.0}
do:
  - hear: {listen: {to: {one: {with: {type: com.acme.go.v1}}}}}
  - greet:
      try:
        - hello:
            call: content.render
            with: {template: "Hello {{ n }}", data: {n: "${ $workflow.input.n }"}}
      catch:
        do:
          - anyway: {call: content.render, with: {template: "Hello", data: {}}}
"""

GREETS = """
document: {dsl: 1.0.3, namespace: test, name: greets-{{n}}, version: 1.0.0}
do:
  - greet: {call: content.render, with: {template: "Hello {{ n }}", data: {n: "${ .n }"}}}
"""

HEARS = """
document: {dsl: 1.0.3, namespace: test, name: hears-{{n}}, version: 1.0.0}
do:
  - hear: {listen: {to: {one: {with: {type: com.acme.paid.v1}}}}}
  - greet: {call: content.render, with: {template: "Thanks", data: {}}}
"""


def event(id: str, type_: str) -> Json:
    return {"specversion": "1.0", "id": id, "source": "/shop", "type": type_, "data": {}}


GO, ON, PAID = (
    event("g-1", "com.acme.go.v1"),
    event("g-2", "com.acme.go.v1"),
    event("p-1", "com.acme.paid.v1"),
)


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
            await changed.until(run, "run.listening")
            await changed.intake.hub.accept(OWNER, "production", GO)
            finished = await changed.finish(run)
            begun, untouched = [(await changed.submit(solution, {"n": 2})).run for _ in "ab"]
            await changed.until(begun, "run.listening")
        (home / "keys" / "intake.pem").unlink()
        async with platform_on(server, home, Options()) as revoked:
            for one in (PAID, ON):
                await revoked.intake.hub.accept(OWNER, "production", one)
            ended = [await revoked.finish(one) for one in (begun, untouched, told)]
            fresh = await revoked.run(GREETS, {"n": 3})

    assert (finished.status, finished.output) == ("completed", {"text": "Hello 1"})
    problems = [(one.status, one.problem and one.problem["code"]) for one in ended]
    assert problems == [("faulted", "context.forged")] * 3
    assert (fresh.status, fresh.output) == ("completed", {"text": "Hello 3"})
