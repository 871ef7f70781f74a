"""What a definition gives that touches nothing outside its run."""

import pytest

from symphainy.errors import Refused
from tests.runtime.platform import Platform

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: pure-{{n}}, version: 1.0.0}
"""


async def test_set_replaces_the_data(replaying: Platform) -> None:
    given = await replaying.output(
        HEAD
        + """
do:
  - greet: {set: {hello: "${ .name }", count: 2}}
""",
        {"name": "Ada"},
    )

    assert given == {"hello": "Ada", "count": 2}


async def test_input_output_and_export_shape_what_flows(replaying: Platform) -> None:
    given = await replaying.output(
        HEAD
        + """
input: {from: .order}
do:
  - keep:
      set: {id: "${ .id }", total: "${ .total * 2 }"}
      export: {as: "{seen: $input.id}"}
      output: {as: .total}
  - use:
      input: {from: "{ now: . }"}
      set: {total: "${ .now }", seen: "${ $context.seen }"}
output: {as: "{result: .}"}
""",
        {"order": {"id": "o-1", "total": 21}},
    )

    assert given == {"result": {"total": 42, "seen": "o-1"}}


async def test_switch_goes_where_the_first_case_that_holds_says(replaying: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - route:
      switch:
        - small: {when: .amount < 10, then: little}
        - large: {when: .amount > 100, then: much}
        - other: {then: exit}
  - little: {set: {size: small}, then: end}
  - much: {set: {size: large}}
"""
    )

    assert await replaying.output(text, {"amount": 5}) == {"size": "small"}
    assert await replaying.output(text, {"amount": 500}) == {"size": "large"}
    assert await replaying.output(text, {"amount": 50}) == {"amount": 50}


async def test_for_hands_each_iteration_what_the_one_before_gave(replaying: Platform) -> None:
    given = await replaying.output(
        HEAD
        + """
do:
  - sum:
      for: {each: n, in: .numbers, at: i}
      while: .total < 100
      do:
        - add: {set: {total: "${ .total + $n * ($i + 1) }", numbers: "${ .numbers }"}}
""",
        {"numbers": [1, 2, 3], "total": 0},
    )

    assert given == {"total": 14, "numbers": [1, 2, 3]}


async def test_a_task_whose_condition_does_not_hold_is_passed_over(replaying: Platform) -> None:
    given = await replaying.output(
        HEAD
        + """
do:
  - never: {if: .x > 5, set: {x: 0}}
  - always: {if: .x < 5, set: {x: "${ .x + 1 }"}}
""",
        {"x": 1},
    )

    assert given == {"x": 2}


async def test_an_error_is_caught_with_the_place_it_was_raised_at(replaying: Platform) -> None:
    given = await replaying.output(
        HEAD
        + """
do:
  - risky:
      try:
        - fail:
            raise:
              error:
                type: https://serverlessworkflow.io/spec/1.0.0/errors/validation
                status: 400
                title: "${ \\"bad \\" + .what }"
      catch:
        errors: {with: {status: 400}}
        as: problem
        do:
          - tell: {set: {caught: "${ $problem }"}}
""",
        {"what": "address"},
    )

    assert given == {
        "caught": {
            "type": "https://open-workflow-specification.org/spec/1.0.0/errors/validation",
            "status": 400,
            "title": "bad address",
            "instance": "/do/0/risky/try/0/fail",
        }
    }


async def test_an_error_nobody_catches_is_what_the_run_ends_with(replaying: Platform) -> None:
    problem = await replaying.problem(
        HEAD
        + """
do:
  - fail: {raise: {error: {type: "https://acme.example/errors/late", status: 418, title: Late}}}
"""
    )

    assert problem == {
        "type": "https://acme.example/errors/late",
        "status": 418,
        "title": "Late",
        "instance": "/do/0/fail",
    }


async def test_input_that_does_not_fit_is_refused_before_a_run_begins(replaying: Platform) -> None:
    solution = replaying.deploy(
        HEAD
        + """
input: {schema: {document: {type: object, required: [invoice]}}}
do:
  - keep: {set: {ok: true}}
"""
    )

    with pytest.raises(Refused, match=r"intent\.input"):
        await replaying.submit(solution, {"other": 1})


async def test_expressions_that_fail_fault_the_run_with_their_place(replaying: Platform) -> None:
    problem = await replaying.problem(
        HEAD
        + """
do:
  - bad: {set: {x: "${ .a + {} }"}}
""",
        {"a": 1},
    )

    assert problem["type"].endswith("/errors/expression")
    assert problem["instance"] == "/do/0/bad"


async def test_expression_syntax_in_data_is_data(replaying: Platform) -> None:
    given = await replaying.output(
        HEAD
        + """
do:
  - pass: {set: {copied: "${ .text }"}}
  - again: {set: "${ . }"}
""",
        {"text": "${ 1 + 1 }"},
    )

    assert given == {"copied": "${ 1 + 1 }"}
