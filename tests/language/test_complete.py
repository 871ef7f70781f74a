"""What is offered while a definition is written; `§` is where the cursor is."""

import pytest

from docs.generator.plugins import catalog
from workflows.language import Completions, complete

HEAD = "document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}\n"
CATALOG = catalog()


def at(text: str) -> Completions:
    text = HEAD + text
    before = text[: text.index("§")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return complete(text.replace("§", "", 1), line, column, CATALOG)


def offered(text: str) -> list[str]:
    return [one.label for one in at(text).items]


def test_sections_that_are_not_there_yet_are_offered_at_the_top() -> None:
    assert offered("do: []\n§") == [
        "input", "use", "timeout", "output", "schedule", "evaluate", "experiences", "policies",
        "intents",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("do:\n  - greet:\n      ca§", ["call"]),
        ("do:\n  - greet: {wa§", ["wait"]),
        ("do:\n  - greet:\n      wait: PT1S\n      t§", ["timeout", "then"]),
        ("do:\n  - a:\n      try:\n        - b: {w§", ["wait"]),
        ("do:\n  - a:\n      listen:\n        to:\n          §", ["all", "any", "one", "until"]),
        ("use:\n  retries:\n    often:\n      back§", ["backoff"]),
        ("use:\n  functions:\n    greet:\n      ca§", ["call"]),
        ("use:\n  extensions:\n    - log:\n        extend: em§", ["emit"]),
        ("evaluate: {mode: §}", ["strict", "loose"]),
    ],
)
def test_keys_and_values_of_the_grammar_are_offered(text: str, labels: list[str]) -> None:
    assert offered(text) == labels


def test_a_task_begins_with_its_keyword() -> None:
    labels = offered("do:\n  - greet:\n      §")

    assert labels[:12] == [
        "call", "do", "emit", "for", "fork", "listen", "raise", "run", "set", "switch", "try",
        "wait",
    ]  # fmt: skip


def test_a_call_can_be_of_an_experience_a_function_a_capability_or_a_protocol() -> None:
    text = (
        "experiences:\n  email: {adapter: sandbox}\n"
        "use: {functions: {greet: {set: {a: 1}}}}\n"
        "do:\n  - one:\n      call: §\n"
    )

    assert offered(text) == [
        *("email", "greet"),
        *(one.name for one in CATALOG.capabilities),
        *("http", "openapi", "grpc", "asyncapi", "a2a", "mcp"),
    ]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("do:\n  - a:\n      call: insights.score\n      with: {fea§}", ["features"]),
        ("do:\n  - a: {call: insights.score, with: {model: m, §", ["features", "scorecard"]),
        ("experiences:\n  e: {adapter: smtp, settings: {§}}", ["replyTo"]),
        ("experiences:\n  e:\n    adapter: sm§", ["smtp"]),
        ("policies:\n  p: {kind: quiet§}", ["quietHours"]),
        ("policies:\n  p: {kind: quietHours, unk§}", ["unknownZone"]),
    ],
)
def test_what_the_catalog_knows_is_offered(text: str, labels: list[str]) -> None:
    assert offered(text) == labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (
            "do:\n  - a: {wait: PT1S, then: §}\n  - b: {wait: PT1S}",
            ["continue", "exit", "end", "a", "b"],
        ),
        (
            "do:\n  - a: {do: [{c: {wait: PT1S, then: §}}]}\n  - b: {}",
            ["continue", "exit", "end", "c"],
        ),
        ("use: {timeouts: {soon: {after: PT1S}}}\ndo:\n  - a: {wait: PT1S, timeout: §}", ["soon"]),
        ("use: {errors: {broke: {}}}\ndo:\n  - a:\n      raise:\n        error: §", ["broke"]),
        (
            "policies:\n  p: {kind: approval, before: [es§]}\ndo:\n  - escalate: {wait: PT1S}",
            ["escalate"],
        ),
    ],
)
def test_names_of_the_document_are_offered(text: str, labels: list[str]) -> None:
    assert offered(text) == labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('do:\n  - a: {set: {x: "${ $§', ["$context", "$input", "$runtime", "$task", "$workflow"]),
        ('do:\n  - a: {if: "$§"', ["$context", "$runtime", "$task", "$workflow"]),
        ("do:\n  - a:\n      set: {x: 1}\n      export: {as: $o§}", ["$output"]),
        (
            'do:\n  - a:\n      for: {each: line}\n      do:\n        - b: {set: {x: "${ $l§',
            ["$line"],
        ),
        ('do:\n  - a:\n      try: []\n      catch: {as: bad, do: [{b: {set: "${ $b§', ["$bad"]),
        ('do:\n  - a: {set: {x: "${ .a | ascii_up§', ["ascii_upcase"]),
    ],
)
def test_expressions_are_offered_what_is_granted_there(text: str, labels: list[str]) -> None:
    assert offered(text) == labels


def test_what_is_chosen_replaces_the_word_that_is_there() -> None:
    found = at("do:\n  - greet:\n      call: insi§ghts.sco\n")

    assert (found.line, found.start, found.end) == (4, 13, 25)
    assert [one.insert for one in found.items] == ["insights.score"]


def test_what_is_offered_says_what_it_is() -> None:
    (found,) = at("do:\n  - a: {call: insights.score, with: {fea§}}").items

    assert found.detail == "object, required"
    assert found.documentation == "What is known; objects may be nested."


def test_json_is_completed_as_well() -> None:
    text = '{"document": {"dsl": "1.0.3"},\n "do": [\n  {"greet": {"call": "insights.§"}}]}'
    before = text[: text.index("§")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")

    found = complete(text.replace("§", ""), line, column, CATALOG)

    assert [one.label for one in found.items] == ["insights.score"]


@pytest.mark.parametrize("text", ["", "§", "do: [[[[", "{" * 500, "- " * 500, '"', "a: §\n b: §"])
def test_nothing_that_is_written_breaks_it(text: str) -> None:
    for column in range(1, len(text) + 3):
        assert complete(text, 1, column, CATALOG).line == 1
