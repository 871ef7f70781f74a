"""Runs that start other solutions as their children."""

import asyncio
from pathlib import Path

import pytest

from symphainy.definition.error_types import error_type
from symphainy.json import Json
from tests.runtime.platform import OWNER, Platform, platform_on, real_server
from tests.runtime.test_long_runs import HEAD, histories, until_it_goes_on
from workers.pool import Options
from workflows.interpreter import children

CHILD = """
document: {dsl: 1.0.3, namespace: test, name: child-{{n}}, version: 1.0.0}
"""
DOUBLE = (
    CHILD
    + """
input: {schema: {document: {type: object, required: [n], properties: {n: {type: integer}}}}}
do:
  - double: {set: {n: "${ .n * 2 }"}}
"""
)
ENDLESS = CHILD + "\ndo: [{rest: {wait: {days: 30}}}]\n"


def running(solution: str, version: str = "1.0.0", given: str = "", more: str = "") -> str:
    """A `run` of that solution."""
    namespace, name = solution.split(".")
    given = f", input: {given}" if given else ""
    workflow = f"{{namespace: {namespace}, name: {name}, version: {version}{given}}}"
    return f"{{workflow: {workflow}{more}}}"


def hearing(kind: str, then: str) -> str:
    """A child that does `then` once it was told so by `goes_on`."""
    type_ = f"com.acme.{kind}.v1"
    return f"""{CHILD}
do:
  - hear: {{listen: {{to: {{one: {{with: {{type: {type_}}}}}}}}}, output: {{as: $input}}}}
  - {then}
"""


async def goes_on(platform: Platform, run: str, kind: str) -> None:
    """Tell a child that waits for it; it hears it, whenever it began to listen."""
    await platform.until(run, "run.listening")
    type_ = f"com.acme.{kind}.v1"
    event: Json = {"specversion": "1.0", "id": kind, "source": "/test", "type": type_}
    await platform.intake.hub.accept(OWNER, "production", event)


async def test_a_child_is_given_its_input_and_gives_its_output(platform: Platform) -> None:
    child = platform.deploy(DOUBLE)

    given = await platform.output(
        HEAD
        + f"""
do:
  - ask: {{run: {running(child, given='{n: "${ .x + 1 }"}')}, output: {{as: .n}}}}
  - again: {{run: {running(child, "latest", '"${ {n: .} }"')}}}
""",
        {"x": 4},
    )

    assert given == {"n": 20}


async def test_the_events_of_a_run_tell_of_its_child(platform: Platform) -> None:
    child = platform.deploy(DOUBLE)
    text = f"{HEAD}\ndo: [{{go: {{run: {running(child, given='{n: 2}')}}}}}]\n"
    run = await platform.run(text)

    told = [(one.type, one.step) for one in await platform.events(run.run)]
    started = await platform.until(run.run, "step.started")

    assert told == [
        ("run.started", None),
        ("step.decided", "/do/0/go"),
        ("step.started", "/do/0/go"),
        ("step.completed", "/do/0/go"),
        ("run.completed", None),
    ]
    assert started.data == {"capability": "run.workflow", "run": await child_of(platform, child)}


async def test_a_child_that_nobody_awaits_goes_on_by_itself(platform: Platform) -> None:
    child = platform.deploy(hearing("alone", "say: {set: {heard: true}}"))

    run = await platform.run(
        HEAD + f"\ndo: [{{go: {{run: {running(child, more=', await: false')}}}}}]\n", {"x": 1}
    )

    assert (run.status, run.output) == ("completed", {"x": 1}), run.problem
    begun = await child_of(platform, child)
    assert (await platform.runs.get("acme", begun)).status == "running"
    await goes_on(platform, begun, "alone")
    assert (await platform.finish(begun)).output == {"heard": True}


async def test_what_a_child_gives_can_be_dropped(platform: Platform) -> None:
    child = platform.deploy(DOUBLE)
    text = (
        HEAD + f"\ndo: [{{go: {{run: {running(child, given='{n: 1}', more=', return: none')}}}}}]"
    )

    assert await platform.output(text) is None


async def test_an_error_of_the_child_is_the_parents(platform: Platform) -> None:
    child = platform.deploy(
        CHILD
        + """
do:
  - fail: {raise: {error: {type: "https://acme.example/empty", status: 409, title: Empty}}}
"""
    )

    given = await platform.output(
        HEAD
        + f"""
do:
  - careful:
      try: [{{go: {{run: {running(child)}}}}}]
      catch:
        errors: {{with: {{type: "https://acme.example/empty"}}}}
        do: [{{tell: {{set: "${{ $error | .origin.run |= split(\\":\\")[0] }}"}}}}]
"""
    )

    assert given == {
        "type": "https://acme.example/empty",
        "status": 409,
        "title": "Empty",
        "instance": "/do/0/careful/try/0/go",
        "origin": {"run": child, "instance": "/do/0/fail"},
    }


async def test_a_solution_that_is_not_there_is_an_error_of_the_run(platform: Platform) -> None:
    problem = await platform.problem(HEAD + f"\ndo: [{{go: {{run: {running('test.nobody')}}}}}]\n")

    assert problem == {
        "type": error_type("configuration"),
        "status": 400,
        "title": "Configuration error",
        "detail": "there is no solution 'test.nobody'",
        "instance": "/do/0/go",
        "code": "solution.unknown",
    }


async def test_input_that_does_not_fit_is_an_error_of_the_run(platform: Platform) -> None:
    child = platform.deploy(DOUBLE)
    text = HEAD + f"\ndo: [{{go: {{run: {running(child, given='{n: two}')}}}}}]\n"

    problem = await platform.problem(text)

    assert (problem["code"], problem["type"]) == ("intent.input", error_type("validation"))


async def test_a_paused_solution_takes_no_children(platform: Platform) -> None:
    child = platform.deploy(DOUBLE)
    platform.stores.definitions.set_paused("acme", child, True)
    text = HEAD + f"\ndo: [{{go: {{run: {running(child, given='{n: 2}')}}}}}]\n"

    problem = await platform.problem(text)

    assert problem["code"] == "solution.paused"


async def test_a_solution_of_another_tenant_is_not_there(platform: Platform) -> None:
    child = platform.deploy(DOUBLE, tenant="other")
    text = HEAD + f"\ndo: [{{go: {{run: {running(child, given='{n: 2}')}}}}}]\n"

    problem = await platform.problem(text)

    assert problem["code"] == "solution.unknown"


async def test_a_solution_that_runs_itself_is_stopped(platform: Platform) -> None:
    number = platform.count + 1
    text = HEAD + f"\ndo: [{{go: {{run: {running(f'test.long-{number}')}}}}}]\n"

    problem = await platform.problem(text)

    assert problem["code"] == "run.too-deep"


async def test_a_child_with_a_business_key_is_the_run_of_that_key(platform: Platform) -> None:
    child = platform.deploy(
        CHILD
        + """
intents: {collect: {starts: true, key: .id}}
do: [{say: {set: {done: true}}}]
"""
    )
    text = (
        HEAD
        + f"""
do:
  - first: {{run: {running(child, given="{id: i-1}")}}}
  - second: {{run: {running(child, given="{id: i-1}")}}}
"""
    )

    problem = await platform.problem(text)

    assert (problem["code"], problem["instance"]) == ("run.child-exists", "/do/1/second")
    found = await platform.runs.get("acme", f"{child}:i-1")
    assert found.output == {"done": True}


async def test_a_child_is_cancelled_with_its_parent(platform: Platform) -> None:
    child = platform.deploy(ENDLESS)
    run = await platform.submit(
        platform.deploy(HEAD + f"\ndo: [{{go: {{run: {running(child)}}}}}]")
    )
    begun = await child_of(platform, child)
    await platform.runs.cancel("acme", run.run)

    assert (await platform.finish(run.run)).status == "cancelled"
    assert (await platform.finish(begun)).status == "cancelled"


async def test_a_child_is_cancelled_when_it_takes_too_long(platform: Platform) -> None:
    child = platform.deploy(ENDLESS)
    text = HEAD + f"\ndo: [{{go: {{timeout: {{after: PT0.5S}}, run: {running(child)}}}}}]\n"

    problem = await platform.problem(text)

    assert problem["code"] == "run.timeout"
    assert (await platform.finish(await child_of(platform, child))).status == "cancelled"


async def test_a_child_that_somebody_cancels_is_an_error(platform: Platform) -> None:
    child = platform.deploy(ENDLESS)
    run = await platform.submit(
        platform.deploy(HEAD + f"\ndo: [{{go: {{run: {running(child)}}}}}]")
    )
    await platform.runs.cancel("acme", await child_of(platform, child))
    finished = await platform.finish(run.run)

    assert finished.problem is not None
    assert finished.problem["code"] == "run.child-ended"


BUSY = """
          - busy:
              for: {in: "${ [range(40)] }"}
              do: [{work: {call: content.render, with: {template: x, data: {}}}}]
"""


async def test_a_child_outlives_the_history_that_started_it(short: Platform) -> None:
    child = short.deploy(hearing("outlives", "say: {set: {heard: true}}"))
    text = (
        HEAD
        + f"""
do:
  - both:
      fork:
        branches:
          - go: {{run: {running(child)}}}
{BUSY}
"""
    )
    run = await short.submit(short.deploy(text))
    await until_it_goes_on(short, run.run)
    await goes_on(short, await child_of(short, child), "outlives")
    finished = await short.finish(run.run)

    assert isinstance(finished.output, list), finished.problem
    assert finished.output[0] == {"heard": True}


async def test_the_error_of_a_child_reaches_a_later_history(short: Platform) -> None:
    fail = 'fail: {raise: {error: {type: "https://acme.example/empty", status: 409}}}'
    child = short.deploy(hearing("fails", fail))
    text = (
        HEAD
        + f"""
do:
  - both:
      fork:
        branches:
          - go: {{run: {running(child)}}}
{BUSY}
"""
    )
    run = await short.submit(short.deploy(text))
    await until_it_goes_on(short, run.run)
    await goes_on(short, await child_of(short, child), "fails")
    finished = await short.finish(run.run)

    assert finished.problem is not None
    assert (finished.problem["status"], finished.problem["instance"]) == (
        409,
        "/do/0/both/fork/branches/0/go",
    )


async def test_a_child_of_an_earlier_history_is_cancelled_with_its_parent(short: Platform) -> None:
    child = short.deploy(ENDLESS)
    text = (
        HEAD
        + f"""
do:
  - both:
      fork:
        branches:
          - go: {{run: {running(child)}}}
{BUSY}
"""
    )
    run = await short.submit(short.deploy(text))
    begun = await child_of(short, child)
    await until_it_goes_on(short, run.run)
    await short.runs.cancel("acme", run.run)

    assert (await short.finish(run.run)).status == "cancelled"
    assert (await short.finish(begun)).status == "cancelled"


async def child_of(platform: Platform, solution: str) -> str:
    """The only run of that solution, once it has begun."""
    async with asyncio.timeout(60):
        while not (runs := (await platform.runs.page("acme", solution=solution)).runs):
            await asyncio.sleep(0.05)
    return runs[0].run


async def test_a_child_that_lost_a_race_between_histories_is_cancelled(short: Platform) -> None:
    child = short.deploy(ENDLESS)
    text = (
        HEAD
        + f"""
do:
  - race:
      fork:
        compete: true
        branches:
          - go: {{run: {running(child)}}}
          - busy:
              for: {{in: "${{ [range(40)] }}"}}
              do: [{{work: {{call: content.render, with: {{template: x, data: {{}}}}}}}}]
"""
    )
    run = await short.submit(short.deploy(text))
    begun = await child_of(short, child)
    finished = await short.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert await histories(short, run.run) > 1
    assert (await short.finish(begun)).status == "cancelled"


async def test_an_error_beside_a_child_cancels_it(platform: Platform) -> None:
    child = platform.deploy(ENDLESS)
    text = (
        HEAD
        + f"""
do:
  - both:
      fork:
        branches:
          - go: {{run: {running(child)}}}
          - fail:
              do:
                - rest: {{wait: PT0.5S}}
                - no: {{raise: {{error: {{type: "https://acme.example/no", status: 409}}}}}}
"""
    )
    problem = await platform.problem(text)

    assert problem["status"] == 409
    assert (await platform.finish(await child_of(platform, child))).status == "cancelled"


SPIN = "now as $begun | until(now > $begun + 4.5; .)"
"""A program that computes for longer than the four seconds that the child has."""
TICKS = ", ".join(f"{{t{n}: {{wait: {{milliseconds: 1}}}}}}" for n in range(20))
"""Branches that fill a history at once."""


async def test_a_child_whose_time_ran_out_between_histories_is_cancelled(short: Platform) -> None:
    """The history is long enough at once, and its run is not to leave it before the program has
    computed: nobody watches the clock meanwhile."""
    child = short.deploy(ENDLESS)
    text = (
        HEAD
        + f"""
do:
  - both:
      fork:
        branches:
          - go: {{timeout: {{after: PT4S}}, run: {running(child)}}}
          - slow: {{call: data.transform, with: {{program: "{SPIN}"}}}}
          - busy:
              do:
                - ticks: {{fork: {{branches: [{TICKS}]}}}}
                - more: {{set: {{x: 1}}}}
"""
    )
    run = await short.submit(short.deploy(text))
    begun = await child_of(short, child)
    finished = await short.finish(run.run)

    assert finished.problem is not None
    assert finished.problem["code"] == "run.timeout", finished.problem
    assert await histories(short, run.run) > 1
    assert (await short.finish(begun)).status == "cancelled"


async def test_a_later_run_of_the_same_key_is_not_the_child(short: Platform) -> None:
    child = short.deploy(
        CHILD
        + """
intents: {go: {starts: true, key: "${ .id | tostring }"}}
do:
  - hear:
      if: .fails
      listen: {to: {one: {with: {type: com.acme.again.v1}}}}
      output: {as: $input}
  - no: {if: .fails, raise: {error: {type: "https://acme.example/no", status: 409}}}
  - long: {wait: P1D}
"""
    )
    text = (
        HEAD
        + f"""
do:
  - both:
      fork:
        branches:
          - go: {{run: {running(child, given="{id: 7, fails: true}")}}}
          - busy:
              for: {{in: "${{ [range(40)] }}"}}
              do: [{{work: {{call: content.render, with: {{template: x, data: {{}}}}}}}}]
"""
    )
    run = await short.submit(short.deploy(text))
    begun = await child_of(short, child)
    await until_it_goes_on(short, run.run)
    await goes_on(short, begun, "again")
    assert (await short.finish(begun)).status == "faulted"
    other = await short.submit(child, {"id": 7, "fails": False}, intent="go")
    finished = await short.finish(run.run)

    assert other.run == begun
    assert finished.problem is not None
    assert finished.problem["status"] == 409


async def test_more_children_than_temporal_takes_are_started_over_several_histories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "MOST", 5)
    limit = "limit.numPendingChildExecutions.error=10"
    async with (
        real_server(tmp_path, limit) as server,
        platform_on(server, tmp_path / "home", Options()) as narrow,
    ):
        child = narrow.deploy(ENDLESS)
        run = await narrow.run(
            HEAD
            + f"""
do:
  - all:
      for: {{in: "${{ [range(12)] }}"}}
      do: [{{go: {{run: {running(child, more=", await: false")}}}}}]
"""
        )

        assert run.status == "completed", run.problem
        async with asyncio.timeout(60):
            # Temporal's visibility comes a little after the fact.
            while len((await narrow.runs.page("acme", solution=child)).runs) < 12:
                await asyncio.sleep(0.05)
        assert len((await narrow.runs.page("acme", solution=child)).runs) == 12
        assert await histories(narrow, run.run) == 3
