"""Findings speak the author's language: what was expected, what was found, and what to do."""

import pytest

from symphainy.codes import CODES
from symphainy.definition import read
from symphainy.document import load
from tests.definition.writing import accepted, codes, findings, messages

HTTP = "call: http, with: {method: get, endpoint: {uri: 'https://x.example'%s}}"


@pytest.mark.parametrize(
    ("task", "message", "fix"),
    [
        (
            "call: http, with: {method: get}",
            "Call http needs `with.endpoint`.",
            "Add `endpoint` here.",
        ),
        (
            "call: http, with: {method: get, endpont: x, endpoint: x}",
            "`with` of call http knows no key `endpont`.",
            "Did you mean `endpoint`? Known here: `method`, `endpoint`, `headers`, `body`, "
            "`query`, `output`, `redirect`.",
        ),
        (
            "call: http, with: {method: get, endpoint: x, redirect: 'yes'}",
            '`with.redirect` of call http must be a boolean, found the string "yes".',
            CODES["schema.type"].fix,
        ),
        (
            "call: http, with: {method: get, endpoint: x, output: contents}",
            "`with.output` of call http must be one of `raw`, `content`, `response`, "
            'found the string "contents".',
            "Did you mean `content`?",
        ),
        (
            HTTP % ", authentication: {basic: {username: a, password: 1234}}",
            "`with.endpoint.authentication.basic.password` of call http must be a string, "
            "found another value.",
            "Put the value in quotes.",
        ),
        (
            HTTP % ", authentication: {}",
            "`with.endpoint.authentication` of call http needs exactly one of `use`, `basic`, "
            "`bearer`, `digest`, `oauth2`, `oidc`, but has none.",
            CODES["schema.exclusive"].fix,
        ),
        (
            "call: http, with: {method: get, endpoint: 'https://x/${ .id }'}",
            '`with.endpoint` of call http is not a URI: found the string "https://x/${ .id }".',
            CODES["schema.uri"].fix,
        ),
        (
            "parallel: {}",
            "The task `a` has no keyword, but `parallel`.",
            "Did you mean `fork`?",
        ),
        ("wiat: PT1S", "The task `a` has no keyword, but `wiat`.", "Did you mean `wait`?"),
        (
            "for: {in: 3}, do: []",
            "`for.in` must be a string or a list, found the number 3.",
            CODES["schema.type"].fix,
        ),
        (
            "wait: 3",
            "`wait` must be a string or an object, found the number 3.",
            CODES["schema.type"].fix,
        ),
        (
            "wait: {second: 3}",
            "`wait` knows no key `second`.",
            "Did you mean `seconds`? Known here: `days`, `hours`, `minutes`, `seconds`, "
            "`milliseconds`.",
        ),
        (
            "try: [], catch: {retry: {backoff: {linear: {}, constant: {}}}}",
            "`catch.retry.backoff` of try needs exactly one of `constant`, `linear`, "
            "`exponential`, but has `constant` and `linear`.",
            CODES["schema.exclusive"].fix,
        ),
    ],
)
def test_a_finding_says_what_was_expected_and_what_was_found(
    task: str, message: str, fix: str
) -> None:
    (one,) = findings(f"do: [{{a: {{{task}}}}}]")
    assert (one.message, one.fix) == (message, fix)


def test_all_problems_are_told_in_the_order_of_the_text() -> None:
    body = """\
do:
  - a: {wait: soon}
  - b: {cal: x}
  - c: {call: http, with: {methd: get, endpoint: x}}
extra: 1
timeout: {after: {days: -1}}
"""
    head = "document: {dsl: 0.9.0, namespace: a.b, name: ok, version: v1}\n"
    assert [(one.code, one.line, one.column) for one in findings(body, head)] == [
        ("document.dsl", 1, 17),
        ("schema.name", 1, 35),
        ("schema.version", 1, 59),
        ("schema.duration", 3, 15),
        ("task.unknown", 4, 8),
        ("schema.required", 5, 27),
        ("schema.unknown-key", 5, 28),
        ("document.unknown-section", 6, 1),
        ("schema.duration", 7, 18),
    ]


def test_a_definition_with_an_error_is_none_and_one_with_a_warning_is_not() -> None:
    assert read(load("do: []\n"))[0] is None
    head = "document: {dsl: 1.0.0, namespace: a, name: b, version: 1.0.0-rc.1+x}\n"
    definition, found = read(load(head + "do: []\nxyz: 1\n"))
    assert definition is not None
    assert [one.severity for one in found] == ["warning"]


@pytest.mark.parametrize("dsl", ["1.0.0", "1.0.3", "1.0.17"])
def test_all_versions_1_0_of_the_language_are_read(dsl: str) -> None:
    head = f"document: {{dsl: '{dsl}', namespace: a, name: b, version: 1.0.0}}\n"
    assert accepted("do: []", head).document.dsl == dsl


@pytest.mark.parametrize("dsl", ["0.8", "1.1.0", "2.0.0", "1.0.0-alpha5", "1.0", "latest"])
def test_other_versions_are_refused(dsl: str) -> None:
    head = f"document: {{dsl: '{dsl}', namespace: a, name: b, version: 1.0.0}}\n"
    assert codes("do: []", head) == [("document.dsl", "/document/dsl")]


def test_a_version_that_yaml_reads_as_a_number_is_to_be_quoted() -> None:
    head = "document: {dsl: 1.0.3, namespace: a, name: b, version: 1.0}\n"
    (one,) = findings("do: []", head)
    assert (one.message, one.fix) == (
        "`document.version` must be a string, found the number 1.0.",
        "Put the value in quotes.",
    )


def test_a_document_that_is_no_object_is_refused() -> None:
    assert messages("", head="[1]") == ["A definition must be an object, found a list."]


def test_keys_that_look_like_pydantic_locations_do_no_harm() -> None:
    body = """\
do: [{a: {set: x, "[key]": 1}}]
policies: {"[key]": 3, "|text": 1}
intents: {a: {"[key]": 1}}
"""
    assert codes(body) == [
        ("schema.unknown-key", "/do/0/a/[key]"),
        ("schema.name", "/policies/[key]"),
        ("schema.type", "/policies/[key]"),
        ("schema.name", "/policies/|text"),
        ("schema.type", "/policies/|text"),
        ("schema.unknown-key", "/intents/a/[key]"),
    ]
