"""Where the flow goes: targets out of reach, tasks nothing leads to, loops."""

import pytest

from tests.compiler.finding import found, messages


def test_a_target_in_a_list_around_is_said_to_be_there() -> None:
    body = """\
do:
  - outer:
      do:
        - inner: {wait: PT1S, then: last}
  - last: {wait: PT1S}
"""
    ((message, fix),) = messages(body)

    assert message == "`then` leads to 'last', which is in another list (`/do/1/last`)"
    assert fix == "Leave this list with `then: exit`, and give the task around it `then: last`."


def test_a_target_in_a_list_inside_is_said_to_be_there() -> None:
    body = """\
do:
  - first: {if: .early, wait: PT1S, then: inner}
  - outer:
      do:
        - inner: {wait: PT1S}
"""
    ((message, fix),) = messages(body)

    assert message == "`then` leads to 'inner', which is in another list (`/do/1/outer/do/0/inner`)"
    assert fix == "A list is entered at its first task: lead to `outer`, which holds it."


def test_a_target_that_is_nowhere_is_held_against_the_names_of_the_list() -> None:
    ((message, fix),) = messages("do:\n  - greet: {wait: PT1S, then: gret}\n")

    assert message == "`then` leads to 'gret', and no task has this name"
    assert fix == "In this list: did you mean `greet`?"


@pytest.mark.parametrize(
    "before",
    [
        "{set: {a: 1}, then: end}",
        "{raise: {error: {type: https://acme.example/e, status: 400}}}",
        "{do: [{a: {wait: PT1S, then: end}}]}",
        "{do: [{a: {wait: PT1S, then: a}}]}",
        "{fork: {branches: [{a: {wait: PT1S}}, {b: {do: [{c: {wait: PT1S, then: end}}]}}]}}",
    ],
)
def test_what_comes_after_a_task_that_is_never_left_forwards_is_unreachable(before: str) -> None:
    body = f"do:\n  - first: {before}\n  - last: {{wait: PT1S}}\n"

    assert found(body) == [("compile.unreachable", "/do/1/last")]


@pytest.mark.parametrize(
    "before",
    [
        "{if: .early, set: {a: 1}, then: end}",
        "{do: [{a: {wait: PT1S, then: exit}}]}",
        "{for: {in: .list}, do: [{a: {wait: PT1S, then: end}}]}",
        "{fork: {compete: true, branches: [{a: {wait: PT1S}}, {b: {wait: P1D}}]}}",
        "{try: [{a: {raise: {error: {type: https://acme.example/e, status: 400}}}}], catch: {}}",
        "{switch: [{early: {when: .early, then: end}}]}",
    ],
)
def test_what_comes_after_a_task_that_can_be_left_forwards_is_reachable(before: str) -> None:
    body = f'do:\n  - first: {before}\n  - last: {{wait: "${{ .time }}"}}\n'

    assert found(body) == []


def test_tasks_that_nothing_leads_to_one_after_another_are_told_of_once() -> None:
    last = "  - b: {wait: PT1S}\n  - c: {wait: PT1S}\n  - d: {wait: PT1S}\n"
    body = f"do:\n  - a: {{wait: PT1S, then: end}}\n{last}"

    assert [one for one, _ in messages(body)] == [
        "nothing leads to `b`: `a` before it always goes to `end`; nor to the 2 after it"
    ]


def test_a_loop_of_several_tasks_that_nothing_leads_out_of_is_found_once() -> None:
    body = """\
do:
  - one: {set: {n: "${ .n }"}, then: three}
  - two: {set: {n: "${ .n + 1 }"}, then: one}
  - three: {do: [{inner: {set: {n: "${ .n }"}}}], then: two}
"""

    assert found(body) == [("compile.endless-loop", "/do/1/two")]


def test_a_loop_through_nested_lists_that_may_pass_every_pause_is_found() -> None:
    body = """\
do:
  - look:
      do:
        - pause: {if: .slow, wait: PT1S}
        - count: {set: {n: "${ .n + 1 }"}}
  - again: {switch: [{more: {when: .n < 10, then: look}}]}
"""

    assert found(body) == [("compile.loop-without-wait", "/do/1/again")]


@pytest.mark.parametrize(
    "loop",
    [
        "- one: {wait: PT1M, then: one}",
        "- one: {call: insights.score, with: {features: {}, model: m}, then: one}",
        "- one: {do: [{a: {set: {b: 1}}}, {c: {wait: PT1S}}], then: one}",
        "- one: {fork: {branches: [{a: {set: {b: 1}}}, {c: {wait: PT1S}}]}, then: one}",
        "- one: {if: .again, wait: PT1S, then: one}",
        "- one: {set: {a: 1}, timeout: {after: PT1S}}",
    ],
)
def test_a_loop_that_waits_is_none_that_spins(loop: str) -> None:
    assert found(f"do:\n  {loop}\n") == []


def test_a_spinning_loop_that_a_timeout_ends_is_only_warned_of() -> None:
    body = "timeout: {after: PT1H}\ndo:\n  - one: {set: {a: '${ .a }'}, then: one}\n"

    assert found(body) == [("compile.loop-without-wait", "/do/0/one")]
