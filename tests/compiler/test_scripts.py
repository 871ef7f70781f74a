"""Calls in steps: held against the script's own rules and against what their adapters can do."""

import pytest

from symphainy.catalog import AdapterSpec
from tests.compiler.finding import CATALOG, HEAD, found, messages
from workflows.compiler import check

PLAIN = AdapterSpec(
    name="plain",
    channel="voice",
    version="1.0.0",
    summary="Says things.",
    description="",
    settings={"type": "object"},
    promise="at most once",
)
BODY = """
experiences:
  phone: {channel: voice, adapter: <ADAPTER>, fallback: [<FALLBACK>]}
  other: {channel: voice, adapter: <OTHER>}
  text: {channel: sms, adapter: sandbox}
do:
  - ring: {call: phone, with: {to: ada, <WITH>}}
"""


def calling(
    said: str, *, adapter: str = "twilio", fallback: str = "", other: str = "sandbox"
) -> str:
    places = {"<ADAPTER>": adapter, "<FALLBACK>": fallback, "<OTHER>": other, "<WITH>": said}
    body = BODY
    for place, one in places.items():
        body = body.replace(place, one)
    return body


def of_step(body: str) -> list[tuple[str, str]]:
    """The findings about the step."""
    return [one for one in found(body) if one[1].startswith("/do/")]


def test_a_script_that_is_right_is_right() -> None:
    said = """script: [
      {say: "Hello {{ customer.name }}"}, {pause: 2}, {play: "https://acme.example/a.mp3"},
      {gather: {name: a, prompt: Press 1, choices: {"1": [{say: Thanks}]}, otherwise: [hangup]}},
      {transfer: {to: "+4312345678", otherwise: [{say: Sorry}]}}, hangup],
      language: de-AT, machine: leave message, message: Call us, ringSeconds: 40"""

    assert of_step(calling(said)) == []
    assert of_step(calling('script: "${ .script }"')) == []
    assert of_step(calling('script: [{say: "${ .words }"}, {pause: "${ .long }"}]')) == []


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ("script: []", "compile.arguments", "/script"),
        ("script: [{shout: Hello}]", "compile.arguments", "/script/0/shout"),
        ("script: [{say: Hello, pause: 1}]", "compile.arguments", "/script/0"),
        ("script: [hang up]", "compile.arguments", "/script/0"),
        ("script: [{transfer: +4312345678}]", "compile.arguments", "/script/0/transfer"),
        ("script: [{gather: {name: a}}]", "compile.arguments", "/script/0/gather"),
        (
            'script: [{gather: {name: a, prompt: b, choices: {"12": []}}}]',
            "compile.arguments",
            "/script/0/gather/choices/12",
        ),
        (
            "script: [{gather: {name: a, prompt: b, choices: {ja: []}}}]",
            "compile.arguments",
            "/script/0/gather/choices/ja",
        ),
        ('script: [{say: "{{ a"}]', "template.syntax", "/script/0/say"),
        ('script: [{say: "{{ a | b }}"}]', "template.filter", "/script/0/say"),
        (
            'script: [{gather: {name: a, prompt: "{{ a", otherwise: [hangup]}}]',
            "template.syntax",
            "/script/0/gather/prompt",
        ),
        ("text: Hello, machine: leave message", "compile.arguments", ""),
        ("text: Hello, message: [hangup]", "compile.arguments", "/message/0"),
        ("scrip: [hangup], text: Hello", "compile.arguments", "/scrip"),
    ],
)
def test_a_mistake_in_a_script_is_found_where_it_is(said: str, code: str, place: str) -> None:
    assert of_step(calling(said)) == [(code, f"/do/0/ring/with{place}")]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("script: [{gather: {name: a, prompt: b}}]", "/script/0/gather"),
        ('script: [{transfer: "+4312345678"}]', "/script/0/transfer"),
        ('script: [{play: "https://a.example/b"}]', "/script/0/play"),
        ("text: Hello, machine: hang up", "/machine"),
        ("text: Hello, message: Call us", "/message"),
    ],
)
@pytest.mark.parametrize("way", ["adapter", "fallback"])
def test_an_adapter_is_asked_only_for_what_it_can(said: str, place: str, way: str) -> None:
    catalog = CATALOG.plus((), (PLAIN,))
    body = calling(said, adapter="plain", other="sandbox")
    if way == "fallback":
        body = calling(said, fallback="other", other="plain")
    findings = [one for one in check(HEAD + body, catalog).findings if "/do/" in one.pointer]

    assert [(one.code, one.pointer) for one in findings] == [
        ("compile.feature", f"/do/0/ring/with{place}")
    ]
    assert "the adapter plain cannot" in findings[0].message
    assert "sandbox, twilio can" in findings[0].message


def test_one_line_makes_a_text_message_of_a_call() -> None:
    said = "text: Hello, script: [{say: Hello}], machine: hang up, language: de-AT"
    as_text = calling(said).replace("call: phone", "call: text")

    assert of_step(calling(said, fallback="text")) == []
    assert of_step(as_text) == []


def test_a_text_message_needs_a_text() -> None:
    as_text = calling("script: [{say: Hello}]").replace("call: phone", "call: text")

    assert of_step(as_text) == [("compile.arguments", "/do/0/ring/with")]


def test_a_way_that_is_only_a_fallback_is_looked_at_too() -> None:
    written = calling("script: [{say: Hello}]", fallback="text")
    called = calling("text: Hello, script: [{gather: {name: a}}]").replace(
        "call: phone", "call: text"
    )
    called = called.replace("adapter: sandbox}\ndo:", "adapter: sandbox, fallback: [phone]}\ndo:")

    assert of_step(written) == [("compile.arguments", "/do/0/ring/with")]
    assert of_step(called) == [("compile.arguments", "/do/0/ring/with/script/0/gather")]


def test_a_finding_says_what_can_be_meant() -> None:
    ((message, _),) = [
        one for one in messages(calling("script: [{gathr: {name: a}}]")) if "gathr" in one[0]
    ]

    assert message == "phone: there is no `gathr`; did you mean `gather`?"
