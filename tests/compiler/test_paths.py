"""Paths that nothing can have produced; and no alarm where anything could have."""

import pytest

from tests.compiler.finding import found, messages

HTTP = '{call: http, with: {method: get, endpoint: "https://a.example/"}}'
TRY = "{try: [{b: {set: {x: 1}}}], catch: {do: [{c: {set: {y: 1}}}]}}"
CLOSED = """\
input:
  schema:
    document:
      type: object
      additionalProperties: false
      properties:
        customer: {type: object, additionalProperties: false, properties: {name: {type: string}}}
        lines: {type: array, items: {$ref: "#/$defs/line"}}
      $defs:
        line: {type: object, additionalProperties: false, properties: {price: {type: number}}}
"""


def test_the_input_has_what_its_schema_says() -> None:
    body = CLOSED + 'do:\n  - a: {set: {b: "${ .customer.nmae }"}}\n'

    assert messages(body) == [
        ("nothing gives `.customer.nmae`: there are `name`", "Did you mean `.customer.name`?")
    ]


@pytest.mark.parametrize(
    ("task", "pointer"),
    [
        ('{set: {x: "${ .custmer }"}}', "set/x"),
        ('{set: {x: "${ .lines[0].prize }"}}', "set/x"),
        ('{set: {x: "${ .lines | map(.prize) | add }"}}', "set/x"),
        ('{set: {x: "${ \\"Dear \\\\(.customer.nmae)\\" }"}}', "set/x"),
        ("{if: .customers == null, wait: PT1S}", "if"),
        ('{wait: "${ .time }"}', "wait"),
        ("{switch: [{a: {when: .custom, then: end}}]}", "switch/0/a/when"),
        ("{set: {x: 1}, input: {from: .custom}}", "input/from"),
        ("{set: {x: 1}, output: {as: .y}}", "output/as"),
        ("{wait: PT1S, export: {as: .custom}}", "export/as"),
    ],
)
def test_every_place_of_a_task_is_held_against_it(task: str, pointer: str) -> None:
    assert found(f"{CLOSED}do:\n  - a: {task}\n") == [
        ("compile.unknown-path", f"/do/0/a/{pointer}")
    ]


def test_the_item_of_a_loop_is_an_item_of_the_list() -> None:
    body = CLOSED + (
        "do:\n  - a:\n      for: {each: line, in: .lines}\n      do:\n"
        '        - b: {set: {x: "${ $line.prize }"}}\n'
    )

    assert found(body) == [("compile.unknown-path", "/do/0/a/do/0/b/set/x")]


def test_data_that_a_task_makes_is_known_to_the_next() -> None:
    body = 'do:\n  - a: {set: {name: Ada}}\n  - b: {set: {text: "${ .name + .surname }"}}\n'

    assert messages(body) == [
        ("nothing gives `.surname`: there are `name`", "Did you mean `.name`?")
    ]


def test_the_context_is_null_until_something_is_exported() -> None:
    body = """\
do:
  - a: {set: {x: "${ $context.seen }"}, export: {as: "{seen: .x}"}}
  - b: {set: {y: "${ $context.sean + .x }"}}
"""

    assert found(body) == [
        ("compile.unknown-path", "/do/0/a/set/x"),
        ("compile.unknown-path", "/do/1/b/set/y"),
    ]


def test_a_capability_gives_what_its_schema_says_or_that_policy_left_it_out() -> None:
    body = """\
do:
  - a: {call: insights.score, with: {model: payment-risk, features: {}}}
  - b: {set: {x: "${ .scor }"}}
"""

    assert found(body) == [("compile.unknown-path", "/do/1/b/set/x")]


@pytest.mark.parametrize(
    "flow",
    [
        '- a: {set: {x: "${ .anything.at.all }"}}',
        '- a: {set: {x: 1}}\n  - b: {set: {y: "${ .y? }"}}',
        '- a: {set: {x: 1}}\n  - b: {set: {y: "${ .y // .x }"}}',
        '- a: {set: {x: 1}}\n  - b: {set: "${ .y = 2 }"}',
        '- a: {set: {x: 1}}\n  - b: {set: "${ .y |= 2 | .x += 1 }"}',
        '- a: {set: {x: 1}}\n  - b: {set: "${ with_entries(.value += 1) }"}',
        '- a: {set: {x: 1}}\n  - b: {set: "${ def f: .z; {z: .x} | f }"}',
        '- a: {set: {x: 1}}\n  - b: {set: "${ [paths(.q?)] }"}',
        '- a: {set: {x: 1}}\n  - b: {set: "${ reduce range(3) as $i ({n: .x}; .n += 1) | .n }"}',
        '- a: {if: .early, set: {x: 1}}\n  - b: {set: {y: "${ .y }"}}',
        '- a: {set: {x: 1}, then: c}\n  - b: {set: {z: "${ .z }"}}\n  - c: {wait: PT1S, then: b}',
        '- a: {set: {x: 1}}\n  - b: {for: {in: "[1]"}, do: [{c: {set: {y: "${ .y }"}}}]}',
        "- a: " + HTTP + '\n  - b: {set: {y: "${ .y }"}}',
        "- a: " + TRY + '\n  - d: {set: {z: "${ .y, .x }"}}',
    ],
)
def test_nothing_is_said_where_the_value_may_be_there(flow: str) -> None:
    codes = [code for code, _ in found(f"do:\n  {flow}\n")]

    assert "compile.unknown-path" not in codes


def test_an_open_schema_may_have_more() -> None:
    body = (
        "input: {schema: {document: {type: object, properties: {a: {type: string}}}}}\n"
        'do:\n  - a: {set: {x: "${ .b }"}}\n'
    )

    assert found(body) == []
