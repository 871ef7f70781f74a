"""Extensions: tasks that are woven around others."""

from tests.compiler.finding import found
from tests.runtime.platform import LEAD, Platform
from tests.runtime.test_long_runs import HEAD, histories

NOTED = """
use:
  extensions:
    - notes:
        extend: {extend}
        before:
          - note: {{set: {{x: 1}}, export: {{as: '($context // []) + ["> " + $task.name]'}}}}
        after:
          - note:
              set: "${{ $task.output }}"
              export: {{as: '($context // []) + ["< " + $task.name + " " + (. | tostring)]'}}
"""
TELL = "\noutput: {as: $context}\n"


async def test_every_task_but_those_of_extensions_is_extended(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + NOTED.format(extend="all")
        + TELL
        + """
do:
  - outer: {do: [{inner: {set: {y: 2}}}]}
  - wait: {if: .y == 3, wait: PT1S}
  - last: {set: "${ .y + 1 }"}
"""
    )

    assert given == [
        "> outer",
        "> inner",
        '< inner {"y":2}',
        '< outer {"y":2}',
        "> last",
        "< last 3",
    ]


async def test_only_tasks_of_the_kind_are_extended(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + NOTED.format(extend="composite")
        + TELL
        + "\ndo: [{one: {do: [{a: {set: {y: 2}}}]}}, "
        + "{two: {fork: {branches: [{b: {set: {z: 1}}}]}}}]"
    )

    assert given == ["> one", '< one {"y":2}', "> two", '< two [{"z":1}]']


async def test_what_extensions_give_goes_nowhere(platform: Platform) -> None:
    given = await platform.output(
        HEAD + NOTED.format(extend="set") + '\ndo: [{one: {set: {y: "${ .x }"}}}]\n', {"x": 7}
    )

    assert given == {"y": 7}


async def test_the_first_extension_is_outermost(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + """
use:
  extensions:
    - outer:
        extend: all
        before: [{a: {set: {}, export: {as: '($context // []) + ["outer"]'}}}]
    - inner:
        extend: all
        before: [{a: {set: {}, export: {as: '($context // []) + ["inner"]'}}}]
output: {as: $context}
do: [{one: {set: {y: 1}}}]
""".replace("set: {}", "set: {x: 1}")
    )

    assert given == ["outer", "inner"]


async def test_exit_before_a_task_stands_in_for_it(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + """
use:
  extensions:
    - mock:
        extend: call
        when: $task.call == "http" and ($task.with.endpoint | startswith("https://mocked.example"))
        before:
          - intercept: {set: {status: mocked}, then: exit}
          - never: {raise: {error: {type: "https://a.example/no", status: 500}}}
        after: [{never: {raise: {error: {type: "https://a.example/no", status: 500}}}}]
do:
  - ask: {call: http, with: {method: get, endpoint: "https://mocked.example/x"}}
  - tell: {set: {found: "${ .status }"}}
"""
    )

    assert given == {"found": "mocked"}


async def test_an_extension_applies_only_where_it_says(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + """
use:
  extensions:
    - mock: {extend: set, when: .mock, before: [{a: {set: {mocked: true}, then: exit}}]}
do:
  - one: {set: {mock: true, y: 1}}
  - two: {set: {mock: true, y: 2}}
"""
    )

    assert given == {"mocked": True}


async def test_an_error_of_an_extension_says_where_it_is(platform: Platform) -> None:
    problem = await platform.problem(
        HEAD
        + """
use:
  extensions:
    - strict:
        extend: set
        after: [{check: {raise: {error: {type: "https://a.example/no", status: 400}}}}]
do: [{one: {set: {y: 1}}}]
"""
    )

    assert problem == {
        "type": "https://a.example/no",
        "status": 400,
        "instance": "/use/extensions/0/strict/after/0/check",
    }


ASKED = """
policies:
  asked: {kind: approval, before: [release], role: collections-lead}
use:
  extensions:
    - mock: {extend: all, when: $task.name == "release", before: [{a: {set: {ok: 1}, then: exit}}]}
"""


async def test_an_extension_does_not_stand_in_where_policy_asks_a_person(
    platform: Platform,
) -> None:
    for release in ("set: {ok: 1}", "call: content.render, with: {template: x, data: {}}"):
        run = await platform.submit(
            platform.deploy(HEAD + ASKED + f"\ndo: [{{release: {{{release}}}}}]\n")
        )
        await platform.until(run.run, "step.decided", outcome="approve")
        (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]
        await platform.runs.answer(LEAD, run.run, asked.id, granted=False)
        finished = await platform.finish(run.run)

        assert finished.problem is not None
        assert finished.problem["status"] == 403


async def test_extensions_go_on_in_the_next_history(short: Platform) -> None:
    text = (
        HEAD
        + """
use:
  extensions:
    - slow:
        extend: composite
        before:
          - many:
              for: {in: "${ [range(8)] }"}
              do:
                - work: {call: content.render, with: {template: x, data: {}}}
                - count: {set: "${ . }", export: {as: ($context // 0) + 1}}
        after:
          - many:
              for: {in: "${ [range(8)] }"}
              do:
                - rest: {wait: {milliseconds: 5}}
                - work: {call: content.render, with: {template: x, data: {}}}
                - count: {set: "${ . }", export: {as: ($context // 0) + 1}}
output: {as: "{count: $context, seen: .}"}
do:
  - busy:
      do:
        - many:
            for: {in: "${ [range(8)] }"}
            do:
              - work: {call: content.render, with: {template: x, data: {}}, output: {as: $input}}
              - rest: {wait: {milliseconds: 5}}
        - mark: {set: {done: true}}
"""
    )
    run = await short.submit(short.deploy(text), {})
    finished = await short.finish(run.run)

    assert finished.output == {"count": 16, "seen": {"done": True}}, finished.problem
    assert await histories(short, run.run) > 2


def test_more_extensions_than_a_run_can_go_through_are_refused() -> None:
    named = ", ".join(
        f"{{e{i}: {{extend: all, before: [{{a: {{set: {{n: 1}}}}}}]}}}}" for i in range(51)
    )
    text = f"use: {{extensions: [{named}]}}\ndo: [{{one: {{wait: PT1S}}}}]\n"

    assert ("compile.too-many-tasks", "/use/extensions") in found(text)
