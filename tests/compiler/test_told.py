"""Listening for what becomes of a message: for what somebody tells, and nothing else."""

import pytest

from symphainy.catalog import AdapterSpec
from symphainy.delivery import EVENTS
from tests.compiler.finding import CATALOG, found, messages

BODY = """
experiences:
  first: {<<ADAPTER>>}
do:
  - tell: {call: first, with: {to: "${ .to }", text: Hello}, export: {as: "${ {sent: .} }"}}
  - hear: {listen: {to: <<TO>>}, timeout: {after: P1D}}
"""
WITH = '{with: {type: "com.symphainy.delivery.%s.v1", subject: "${ $context.sent.delivery }"}}'
ONE = f"{{one: {WITH}}}"


def hearing(adapter: str, to: str) -> str:
    return BODY.replace("<<ADAPTER>>", adapter).replace("<<TO>>", to)


@pytest.mark.parametrize(
    ("adapter", "event", "code"),
    [
        ("channel: sms, adapter: twilio", "delivered", None),
        ("channel: sms, adapter: sns", "delivered", "compile.event-untold"),
        ("channel: email, adapter: smtp", "bounced", "compile.event-untold"),
        ("channel: email, adapter: ses", "bounced", None),
        ("channel: sms, adapter: sandbox", "clicked", "compile.event-untold"),
        ("channel: chat, adapter: web", "opened", None),
        ("channel: email, adapter: sandbox", "bounced_hard", "compile.event-unknown"),
        ("channel: email, adapter: sandbox", "openned", "compile.event-unknown"),
        ("channel: email, adapter: sandbox", "(opened|clicked)", None),
    ],
)
def test_what_the_adapter_tells_can_be_heard(adapter: str, event: str, code: str | None) -> None:
    to = ONE % event
    expected = [(code, "/do/1/hear/listen/to/one/with/type")] if code else []
    assert found(hearing(adapter, to)) == expected


def test_every_filter_is_looked_at() -> None:
    to = f"{{any: [{WITH % 'replied'}, {WITH % 'clicked'}], until: {ONE % 'solved'}}}"
    assert found(hearing("channel: sms, adapter: twilio", to)) == [
        ("compile.event-untold", "/do/1/hear/listen/to/any/1/with/type"),
        ("compile.event-untold", "/do/1/hear/listen/to/until/one/with/type"),
    ]


def test_what_is_untold_is_said_with_what_is_told() -> None:
    ((message, _),) = messages(hearing("channel: chat, adapter: slack", ONE % "opened"))
    assert message == "no experience here goes by an adapter that tells it; theirs tell: replied"
    ((message, _),) = messages(hearing("channel: email, adapter: sandbox", ONE % "openned"))
    assert message == (
        "nothing is ever told of a message as 'com.symphainy.delivery.openned.v1'; "
        "did you mean `com.symphainy.delivery.opened.v1`?"
    )


@pytest.mark.parametrize("spec", CATALOG.adapters, ids=lambda one: f"{one.channel}-{one.name}")
def test_who_receives_says_what_of(spec: AdapterSpec) -> None:
    assert set(spec.tells or ()) <= set(EVENTS)
    assert bool(spec.tells) >= spec.receives
