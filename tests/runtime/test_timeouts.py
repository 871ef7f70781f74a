"""What takes too long is cancelled, and says so as an error one can catch."""

from datetime import timedelta

import pytest

from symphainy.definition.error_types import error_type
from tests.runtime.platform import LEAD, Platform
from tests.runtime.test_long_runs import HEAD, until_it_goes_on
from tests.runtime.test_migrations import over_histories

LATE = {"type": error_type("timeout"), "status": 408, "title": "Timeout error"}
CAUGHT = """
      catch:
        errors: {with: {type: "https://serverlessworkflow.io/spec/1.0.0/errors/timeout"}}
        do:
          - tell: {set: "${ $error | {status, instance, code} }"}
"""


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("wait: {hours: 2}", id="a timer"),
        pytest.param("do: [{a: {set: {x: 1}}}, {b: {wait: P1D}}]", id="a timer further in"),
        pytest.param(
            "fork: {branches: [{a: {wait: {hours: 2}}}, {b: {wait: {hours: 3}}}]}", id="branches"
        ),
        pytest.param(
            "for: {in: '${ [range(9)] }'}\n            do: [{a: {wait: PT20M}}]", id="a loop"
        ),
        pytest.param(
            "try: [{a: {raise: {error: {type: 'https://a.example/x', status: 500}}}}]\n"
            "            catch: {retry: {delay: PT20M, limit: {attempt: {count: 9}}}}",
            id="a retry",
        ),
    ],
)
async def test_whatever_a_task_waits_for_ends_with_its_timeout(
    skipping: Platform, inside: str
) -> None:
    run = await skipping.run(
        HEAD
        + f"""
do:
  - careful:
      try:
        - slow:
            timeout: {{after: {{hours: 1}}}}
            {inside}
{CAUGHT}
"""
    )

    assert run.output == {
        "status": 408,
        "instance": "/do/0/careful/try/0/slow",
        "code": "run.timeout",
    }, run.problem
    assert run.closed is not None
    assert timedelta(hours=1) <= run.closed - run.started < timedelta(hours=1, minutes=5)


async def test_a_timeout_by_name_and_computed(skipping: Platform) -> None:
    problem = await skipping.problem(
        HEAD
        + """
use:
  timeouts:
    patience: {after: "${ $input.patience }"}
do:
  - slow: {timeout: patience, wait: {days: 2}}
""",
        {"patience": "P1D"},
    )

    assert problem == {
        **LATE,
        "detail": "`slow` took longer than its timeout allows",
        "instance": "/do/0/slow",
        "code": "run.timeout",
    }


async def test_what_is_done_in_time_knows_of_no_timeout(skipping: Platform) -> None:
    given = await skipping.output(
        HEAD
        + """
timeout: {after: P1D}
do:
  - quick: {timeout: {after: PT1H}, wait: PT59M}
  - tell: {set: {done: true}, timeout: {after: PT1S}}
"""
    )

    assert given == {"done": True}


async def test_a_computed_timeout_has_to_be_a_duration(skipping: Platform) -> None:
    problem = await skipping.problem(
        HEAD + '\ndo: [{slow: {timeout: {after: "${ .soon }"}, wait: PT1S}}]\n', {"soon": 5}
    )

    assert (problem["code"], problem["instance"]) == ("run.bad-duration", "/do/0/slow")


async def test_a_run_that_takes_too_long_faults(skipping: Platform) -> None:
    problem = await skipping.problem(
        HEAD
        + """
timeout: {after: {hours: 1}}
do:
  - careful:
      try: [{slow: {wait: {days: 1}}}]
      catch: {}
"""
    )

    assert problem == {
        **LATE,
        "detail": "the run took longer than its timeout allows",
        "instance": "",
        "code": "run.timeout",
    }


async def test_an_activity_under_way_is_cancelled(platform: Platform) -> None:
    problem = await platform.problem(
        HEAD
        + """
do:
  - both:
      timeout: {after: {milliseconds: 300}}
      fork:
        branches:
          - stuck: {wait: {hours: 1}}
          - busy:
              for: {in: "${ [range(1000)] }"}
              do: [{work: {call: content.render, with: {template: x, data: {}}}}]
"""
    )

    assert (problem["status"], problem["instance"]) == (408, "/do/0/both")


async def test_a_person_who_does_not_answer_in_time_is_not_waited_for(skipping: Platform) -> None:
    text = (
        HEAD
        + """
policies:
  asked: {kind: approval, before: [release], role: collections-lead}
do:
  - careful:
      try:
        - release: {timeout: {after: {hours: 1}}, set: {released: true}}
"""
        + CAUGHT
    )
    given = await skipping.output(text)

    assert given == {
        "status": 408,
        "instance": "/do/0/careful/try/0/release",
        "code": "run.timeout",
    }


async def test_a_deadline_outlives_a_history(skipping: Platform) -> None:
    tasks = (
        """
do:
  - careful:
      try:
        - slow:
            timeout: {after: {hours: 1}}
            for: {in: "${ [range(9)] }"}
            do: [{rest: {wait: {days: 1}}}]
"""
        + CAUGHT
    )
    finished = await over_histories(skipping, "deadline", tasks)

    assert finished.output == {
        "status": 408,
        "instance": "/do/0/careful/try/0/slow",
        "code": "run.timeout",
    }, finished.problem


async def test_an_approval_with_a_deadline_outlives_a_history(short: Platform) -> None:
    text = (
        HEAD
        + """
policies:
  asked: {kind: approval, before: [release], role: collections-lead}
do:
  - both:
      fork:
        branches:
          - asking: {do: [{release: {timeout: {after: P1D}, set: {released: true}}}]}
          - busy:
              for: {in: "${ [range(30)] }"}
              do: [{work: {call: content.render, with: {template: x, data: {}}}}]
"""
    )
    run = await short.submit(short.deploy(text), {})
    await short.until(run.run, "step.decided", outcome="approve")
    await until_it_goes_on(short, run.run)
    (asked,) = [one for one in short.stores.approvals.pending("acme") if one.run == run.run]
    await short.runs.answer(LEAD, run.run, asked.id, granted=True)
    finished = await short.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert isinstance(finished.output, list)
    assert finished.output[0] == {"released": True}


async def test_a_run_keeps_its_deadline_over_histories(skipping: Platform) -> None:
    tasks = """
timeout: {after: {hours: 1}}
do:
  - many:
      for: {in: "${ [range(9)] }"}
      do: [{rest: {wait: {days: 1}}}]
"""
    finished = await over_histories(skipping, "late", tasks)

    assert finished.problem is not None
    assert (finished.problem["code"], finished.problem["instance"]) == ("run.timeout", "")
