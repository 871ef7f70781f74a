"""Branches side by side."""

from tests.runtime.platform import Platform
from tests.runtime.test_long_runs import HEAD, histories


async def test_results_come_in_the_order_of_the_branches(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + """
do:
  - both:
      fork:
        branches:
          - slow: {do: [{rest: {wait: {milliseconds: 300}}}, {say: {set: {n: "${ .x + 1 }"}}}]}
          - fast: {set: {n: "${ .x + 2 }"}}
          - middle: {call: content.render, with: {template: "{{ n }}", data: {n: "${ .x }"}}}
""",
        {"x": 1},
    )

    assert given == [{"n": 2}, {"n": 3}, {"text": "1"}]


async def test_of_competing_branches_the_first_wins_and_the_others_are_cancelled(
    platform: Platform,
) -> None:
    run = await platform.submit(
        platform.deploy(
            HEAD
            + """
do:
  - race:
      fork:
        compete: true
        branches:
          - late: {do: [{rest: {wait: {hours: 5}}}, {say: {set: {winner: late}}}]}
          - early: {do: [{rest: {wait: {milliseconds: 10}}}, {say: {set: {winner: early}}}]}
"""
        )
    )
    finished = await platform.finish(run.run)

    assert finished.output == {"winner": "early"}, finished.problem


async def test_an_error_in_one_branch_can_be_caught_outside(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + """
do:
  - careful:
      try:
        - both:
            fork:
              branches:
                - wait: {wait: {hours: 5}}
                - fail: {raise: {error: {type: "https://acme.example/no", status: 409}}}
      catch:
        do:
          - tell: {set: {status: "${ $error.status }", at: "${ $error.instance }"}}
"""
    )

    assert given == {"status": 409, "at": "/do/0/careful/try/0/both/fork/branches/1/fail"}


async def test_branches_go_on_in_the_next_history_each_where_it_was(short: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - both:
      fork:
        branches:
          - done: {set: {early: true}}
          - left:
              for: {each: n, in: "${ [range(9)] }"}
              do:
                - work:
                    call: content.render
                    with: {template: "{{ n }}", data: {n: "${ $n }"}}
                    output: {as: '$input + {left: (($input.left // "") + .text)}'}
          - right:
              for: {each: n, in: "${ [range(9)] }"}
              do:
                - rest: {wait: {milliseconds: 5}}
                - work:
                    call: content.render
                    with: {template: "{{ n }}", data: {n: "${ $n }"}}
                    output: {as: '$input + {right: (($input.right // "") + .text)}'}
"""
    )
    run = await short.submit(short.deploy(text), {})
    finished = await short.finish(run.run)

    assert finished.output == [{"early": True}, {"left": "012345678"}, {"right": "012345678"}], (
        finished.problem
    )
    assert await histories(short, run.run) > 1
