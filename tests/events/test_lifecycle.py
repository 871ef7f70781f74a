"""A run tells the world about itself, if its definition asks for it."""

from symphainy.json import Json
from tests.events.sending import flow, listening
from tests.runtime.platform import OWNER, Platform

TOLD = """
document:
  dsl: 1.0.3
  namespace: test
  name: telling-{{n}}
  version: 1.0.0
  metadata: {lifecycle: [workflow, task]}
do:
  - stubborn:
      try:
        - fail: {raise: {error: {type: https://acme.example/no, status: 500, title: No}}}
      catch:
        retry: {delay: {milliseconds: 1}, limit: {attempt: {count: 1}}}
        do:
          - give: {set: {up: true}}
"""
QUIET = TOLD.replace("metadata: {lifecycle: [workflow, task]}", "")


def told(platform: Platform, run: str) -> list[tuple[str, Json]]:
    """What `run` said, in order: what happened, and to which task."""
    solution, _, key = run.partition(":")
    namespace, _, name = solution.partition(".")
    found = []
    for one in platform.stores.events.page("acme", "production", limit=500):
        data = one.envelope.get("data")
        if isinstance(data, dict) and f"{name}-{key}.{namespace}" in data.values():
            kind = str(one.envelope["type"]).removeprefix("io.serverlessworkflow.")
            found.append((one.seq, kind.removesuffix(".v1"), data.get("task")))
    return [(kind, task) for _, kind, task in sorted(found)]


async def test_every_moment_of_a_run_and_its_tasks_is_told_once_and_in_order(
    platform: Platform,
) -> None:
    run = await platform.submit(platform.deploy(TOLD))
    await platform.finish(run.run)

    stubborn, fail = "/do/0/stubborn", "/do/0/stubborn/try/0/fail"
    give = "/do/0/stubborn/catch/do/0/give"
    attempt: list[tuple[str, Json]] = [
        ("task.created", fail),
        ("task.started", fail),
        ("task.faulted", fail),
    ]
    assert told(platform, run.run) == [
        ("workflow.started", None),
        ("task.created", stubborn),
        ("task.started", stubborn),
        *attempt,
        ("task.retried", stubborn),
        *attempt,
        ("task.created", give),
        ("task.started", give),
        ("task.completed", give),
        ("task.completed", stubborn),
        ("workflow.completed", None),
    ]


async def test_a_definition_that_does_not_ask_tells_nothing(platform: Platform) -> None:
    run = await platform.submit(platform.deploy(QUIET))
    await platform.finish(run.run)

    assert told(platform, run.run) == []


async def test_another_solution_hears_how_a_run_ended(platform: Platform) -> None:
    faulting = TOLD.replace("- give: {set: {up: true}}", "- give: {raise: {error: bad}}").replace(
        "do:\n  - stubborn",
        "use: {errors: {bad: {type: https://acme.example/bad, status: 418}}}\ndo:\n  - stubborn",
    )
    hearing = flow(
        "  - hear: {listen: {to: {one: {with: {type: TYPE}}}}, output: {as: '.[0].error'}}",
        "io.serverlessworkflow.workflow.faulted.v1",
    )
    listener = await listening(platform, hearing)

    await platform.finish((await platform.submit(platform.deploy(faulting))).run)

    heard = (await platform.finish(listener)).output
    assert isinstance(heard, dict)
    assert (heard["type"], heard["status"]) == ("https://acme.example/bad", 418)


async def test_a_run_tells_that_it_rests_and_that_it_is_cancelled(platform: Platform) -> None:
    text = TOLD[: TOLD.index("do:\n")] + "do:\n  - rest: {wait: {days: 1}}\n"
    run = await platform.submit(platform.deploy(text))
    await platform.until(run.run, "run.waiting")

    await platform.runs.pause(OWNER, run.run)
    await platform.runs.resume(OWNER, run.run)
    await platform.runs.cancel("acme", run.run)
    await platform.finish(run.run)

    assert told(platform, run.run) == [
        ("workflow.started", None),
        ("task.created", "/do/0/rest"),
        ("task.started", "/do/0/rest"),
        ("workflow.suspended", None),
        ("workflow.resumed", None),
        ("task.cancelled", "/do/0/rest"),
        ("workflow.cancelled", None),
    ]


async def test_an_error_too_large_to_tell_is_told_in_short_and_ends_nothing(
    platform: Platform,
) -> None:
    large = TOLD.replace("title: No", "title: No, detail: \"${ 'x' * 300000 }\"").replace(
        "'", '\\"'
    )

    run = await platform.submit(platform.deploy(large))
    finished = await platform.finish(run.run)

    assert finished.output == {"up": True}, finished.problem
    assert ("task.faulted", "/do/0/stubborn/try/0/fail") in told(platform, run.run)
    assert told(platform, run.run)[-1] == ("workflow.completed", None)
