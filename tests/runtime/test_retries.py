"""Errors that are caught, and what is tried again."""

import pytest

from symphainy.definition.error_types import error_type
from symphainy.json import Json
from tests.runtime.platform import Platform
from tests.runtime.test_long_runs import HEAD
from tests.runtime.test_migrations import over_histories

COUNTED = """
        - count: {set: {n: "${ ($context // 0) + 1 }"}, export: {as: .n}}
        - fail: {raise: {error: {type: "https://a.example/no", status: 503}}}
"""


def trying(catch: str) -> str:
    """A block that always fails, and how often and when it was tried."""
    return f"""
output: {{as: "{{tried: $context, gave: .}}"}}
do:
  - block:
      try:
{COUNTED}
      catch:
{catch}
"""


async def waits(platform: Platform, run: str) -> list[float]:
    """The seconds of all its timers."""
    told = [one for one in await platform.events(run) if one.type == "run.waiting"]
    return [float(str(one.data["seconds"])) for one in told]


@pytest.mark.parametrize(
    ("backoff", "seconds"),
    [
        ("", [10, 10, 10]),
        ("backoff: {constant: {}}, ", [10, 10, 10]),
        ("backoff: {linear: {}}, ", [10, 20, 30]),
        ("backoff: {exponential: {}}, ", [10, 20, 40]),
    ],
    ids=["none", "constant", "linear", "exponential"],
)
async def test_the_delay_grows_as_the_backoff_says(
    skipping: Platform, backoff: str, seconds: list[int]
) -> None:
    run = await skipping.run(
        HEAD
        + trying(
            f"        retry: {{delay: PT10S, {backoff}limit: {{attempt: {{count: 3}}}}}}\n"
            "        do: [{tell: {set: {over: true}}}]"
        )
    )

    assert run.output == {"tried": 4, "gave": {"over": True}}, run.problem
    assert await waits(skipping, run.run) == seconds


async def test_jitter_is_added_within_its_range(skipping: Platform) -> None:
    run = await skipping.run(
        HEAD
        + trying(
            "        retry:\n"
            "          delay: PT10S\n"
            "          jitter: {from: {seconds: 100}, to: {seconds: 200}}\n"
            "          limit: {attempt: {count: 1}}\n"
            "        do: [{tell: {set: {over: true}}}]"
        )
    )

    (waited,) = await waits(skipping, run.run)
    assert 110 <= waited <= 210


async def test_durations_of_a_retry_may_be_computed_and_named(skipping: Platform) -> None:
    run = await skipping.run(
        HEAD
        + """
use:
  retries:
    patient:
      delay: "${ .every }"
      limit: {duration: "${ .most }"}
"""
        + trying("        retry: patient\n        do: [{tell: {set: {over: true}}}]"),
        {"every": "PT1M", "most": "PT5M30S"},
    )

    assert run.output == {"tried": 6, "gave": {"over": True}}, run.problem


async def test_what_was_tried_often_enough_is_raised(skipping: Platform) -> None:
    problem = await skipping.problem(
        HEAD + trying("        retry: {delay: PT1S, limit: {attempt: {count: 2}}}")
    )

    assert problem == {
        "type": "https://a.example/no",
        "status": 503,
        "instance": "/do/0/block/try/1/fail",
    }


@pytest.mark.parametrize(
    ("condition", "tried"),
    [
        ("when: $error.status == 503 and $context < 3", 3),
        ("exceptWhen: $context == 2", 2),
        ("when: $error.status == 500", 1),
    ],
    ids=["when", "exceptWhen", "never"],
)
async def test_a_retry_looks_at_the_error(skipping: Platform, condition: str, tried: int) -> None:
    given = await skipping.output(
        HEAD
        + trying(
            f'        retry: {{{condition.partition(": ")[0]}: "{condition.partition(": ")[2]}", '
            "delay: PT1S, limit: {attempt: {count: 9}}}\n"
            "        do: [{tell: {set: {over: true}}}]"
        )
    )

    assert given == {"tried": tried, "gave": {"over": True}}


async def test_one_attempt_may_take_only_so_long(skipping: Platform) -> None:
    given = await skipping.output(
        HEAD
        + """
output: {as: "{tried: $context, gave: .}"}
do:
  - block:
      try:
        - count: {set: {n: "${ ($context // 0) + 1 }"}, export: {as: .n}}
        - slow: {if: .n < 3, wait: {hours: 1}}
      catch:
        errors: {with: {status: 408}}
        retry: {delay: PT1S, limit: {attempt: {count: 5, duration: "${ .patience }"}}}
""",
        {"patience": "PT1M"},
    )

    assert given == {"tried": 3, "gave": {"n": 3}}


async def test_the_limit_of_an_attempt_is_an_error_of_the_block(skipping: Platform) -> None:
    problem = await skipping.problem(
        HEAD
        + """
do:
  - block:
      try: [{slow: {wait: {hours: 1}}}]
      catch:
        errors: {with: {status: 503}}
        retry: {limit: {attempt: {count: 1, duration: PT1M}}}
"""
    )

    assert (problem["type"], problem["instance"]) == (error_type("timeout"), "/do/0/block")


async def test_an_attempt_keeps_its_limit_over_histories(skipping: Platform) -> None:
    tasks = """
do:
  - block:
      try: [{slow: {wait: {days: 1}}}]
      catch:
        retry: {limit: {attempt: {count: 0, duration: PT1H}}}
        do: [{tell: {set: "${ $error.status }"}}]
"""
    finished = await over_histories(skipping, "attempt", tasks)

    assert finished.output == 408, finished.problem


@pytest.mark.parametrize(
    ("errors", "caught"),
    [
        ("{type: 'https://a.example/no'}", True),
        ("{status: 503}", True),
        ("{type: 'https://a.example/no', status: 500}", False),
        ("{instance: /do/0/block/try/1/fail}", True),
        ("{instance: /do/0}", False),
    ],
)
async def test_only_errors_that_match_are_caught(
    platform: Platform, errors: str, caught: bool
) -> None:
    run = await platform.run(
        HEAD
        + trying(f"        errors: {{with: {errors}}}\n        do: [{{tell: {{set: {{ok: 1}}}}}}]")
    )

    assert run.status == ("completed" if caught else "faulted")


async def test_a_catch_leads_where_it_says(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + """
use: {errors: {no: {type: "https://a.example/no", status: 409, title: "${ .why }"}}}
do:
  - block:
      try: [{fail: {raise: {error: no}}}]
      catch: {as: it, do: [{keep: {set: {title: "${ $it.title }"}}}], then: last}
  - never: {set: {wrong: true}}
  - last: {set: "${ . + {last: true} }"}
""",
        {"why": "because"},
    )

    assert given == {"title": "because", "last": True}


async def test_a_catch_is_only_for_what_it_says(platform: Platform) -> None:
    expected: list[tuple[str, Json]] = [("when: $error.status == 503", 1), ("exceptWhen: true", 2)]
    for condition, ended in expected:
        key, _, expression = condition.partition(": ")
        run = await platform.run(
            HEAD
            + trying(f'        {key}: "{expression}"\n        do: [{{tell: {{set: {{ok: 1}}}}}}]')
        )

        assert run.status == ("completed" if ended == 1 else "faulted")


async def test_a_try_is_told_soon_of_a_server_that_cannot_be_reached(skipping: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - risky:
      try:
        - ask: {call: http, with: {method: get, endpoint: "https://no-such-host.invalid/"}}
      catch:
        as: problem
        do:
          - tell: {set: {code: "${ $problem.code }"}}
"""
    )

    run = await skipping.submit(skipping.deploy(text))
    finished = await skipping.finish(run.run)
    history = await skipping.runs.handle("acme", run.run).fetch_history()

    assert finished.output == {"code": "egress.unreachable"}
    assert [
        event.activity_task_started_event_attributes.attempt
        for event in history.events
        if event.HasField("activity_task_started_event_attributes")
    ] == [6]
