"""Conditions that say nothing: what is neither false nor null holds."""

import pytest

from tests.compiler.finding import found, messages


@pytest.mark.parametrize(
    ("condition", "gives"),
    [
        (".items | length", "a number"),
        ('"paid"', "a string"),
        ('"\\(.name)!"', "a string"),
        ("[.items[] | select(.paid)]", "a list"),
        ("{paid}", "an object"),
        ("0", "a number"),
        ("if .a then 1 else 2 end", "a number"),
        ("null", "null"),
    ],
)
def test_a_condition_that_cannot_be_false_is_found(condition: str, gives: str) -> None:
    body = f"do:\n  - a: {{if: '${{ {condition} }}', set: {{b: 1}}}}\n"
    ((message, _),) = messages(body)
    assert gives in message
    assert found(body) == [("compile.condition", "/do/0/a/if")]


@pytest.mark.parametrize(
    "condition",
    [
        ".paid",
        ".items | length > 0",
        "[.items[] | .paid] | any",
        ".paid // false",
        "if .a then 1 else null end",
        "true",
        "false",
        ".a and 1",
        "first(.items[] | select(.paid))",
        ".a + .b",
    ],
)
def test_what_may_be_false_is_a_condition(condition: str) -> None:
    assert found(f"do:\n  - a: {{if: '${{ {condition} }}', set: {{b: 1}}}}\n") == []


def test_every_kind_of_condition_is_looked_at() -> None:
    body = """
timeout: {after: P1D}
do:
  - loop: {for: {in: "${ .list }"}, while: "${ .list | length }", do: [{a: {set: {a: 1}}}]}
  - way: {switch: [{one: {when: "${ 1 }", then: end}}, {two: {then: risky}}]}
  - risky:
      try: [{b: {set: {b: 1}}}]
      catch:
        when: "${ {} }"
        retry: {when: "${ [] }", delay: {seconds: 1}, limit: {attempt: {count: 2}}}
        exceptWhen: "${ null }"
  - hear: {listen: {to: {any: [{with: {type: a}}], until: '${ "x" }'}}}
"""
    places = [pointer for code, pointer in found(body) if code == "compile.condition"]
    assert sorted(places) == [
        "/do/0/loop/while",
        "/do/1/way/switch/0/one/when",
        "/do/2/risky/catch/exceptWhen",
        "/do/2/risky/catch/retry/when",
        "/do/2/risky/catch/when",
        "/do/3/hear/listen/to/until",
    ]
