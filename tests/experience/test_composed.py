"""What steps say to servers, conversations and callers."""

from typing import Any

import pytest

from activities.delivery.compose import compose, letter_of
from public_works.customers import Customer
from symphainy.delivery import (
    CALLER,
    ApiResponse,
    ChatMessage,
    Choice,
    Message,
    Recipient,
    WebhookEvent,
)
from symphainy.errors import Refused
from symphainy.plan import Experience

ADA = Customer(
    tenant="acme",
    id="c-1",
    name="Ada",
    email="ada@example.com",
    locale="de-AT",
    zone="Europe/Vienna",
    updated="2026-11-22T09:30:00Z",
)
ERP = Recipient(address="erp")


def composed(channel: Any, arguments: dict[str, Any], /, **settings: Any) -> Message:
    bound = Experience(
        channel=channel,
        adapter="sandbox",
        queue="platform",
        promise="exactly once",
        settings=settings,
        templates={"reminder": {"subject": "Invoice {{ id }}", "text": "Hello {{customer.name}}"}},
    )
    letter = letter_of(arguments, bound)
    return compose(letter, ADA if letter.customer else None, bound, "")


@pytest.mark.parametrize("data", [{"id": 7}, [1], "text", 1.5, None, False])
def test_an_event_says_any_json(data: Any) -> None:
    event = composed("webhook", {"type": "a.b", "data": data}, endpoint="erp")

    assert event == WebhookEvent(to=ERP, type="a.b", data=data)


def test_a_flow_that_sends_mails_can_send_events_instead() -> None:
    mail = {"to": "c-1", "template": "reminder", "data": {"id": 7}}

    assert composed("webhook", mail, endpoint="erp") == WebhookEvent(
        to=Recipient(address="erp", customer="c-1"),
        type="message",
        data={
            "subject": "Invoice 7",
            "text": "Hello Ada",
            "customer": {"id": "c-1", "name": "Ada", "locale": "de-AT", "zone": "Europe/Vienna"},
            "data": {"id": 7},
        },
    )


def test_a_step_may_say_where_its_event_goes_and_the_experience_what_it_is() -> None:
    url = "https://erp.example/hook"
    event = composed("webhook", {"endpoint": url, "data": 1}, endpoint="erp", type="invoice.paid")

    assert event == WebhookEvent(to=Recipient(address=url), type="invoice.paid", data=1)


@pytest.mark.parametrize(
    ("channel", "arguments"), [("webhook", {"type": "a.b"}), ("chat", {"text": "Hello"})]
)
def test_somebody_has_to_say_where_it_goes(channel: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        composed(channel, arguments)

    assert caught.value.code == "delivery.no-address"


@pytest.mark.parametrize(
    ("to", "settings", "address"),
    [
        ("c-1", {}, "c-1"),
        ({"id": "c-1"}, {}, "c-1"),
        ("c-1", {"channel": "C0ACME"}, "C0ACME"),
        ({"id": "c-1", "chat": "D0ADA"}, {"channel": "C0ACME"}, "D0ADA"),
        (None, {"channel": "C0ACME"}, "C0ACME"),
    ],
)
def test_a_conversation_is_the_customers_unless_another_is_named(
    to: Any, settings: dict[str, Any], address: str
) -> None:
    message = composed("chat", {"to": to, "text": " Hello "}, **settings)

    assert isinstance(message, ChatMessage)
    assert (message.to.address, message.text) == (address, "Hello")
    assert message.to.customer == ("c-1" if to else None)


def test_choices_are_texts_or_titles_with_values() -> None:
    choices = ["Yes", {"title": "No", "value": "n"}, {"title": "Later"}]
    message = composed("chat", {"to": "c-1", "text": "?", "choices": choices, "thread": "C1:1.0"})

    assert isinstance(message, ChatMessage)
    assert message.thread == "C1:1.0"
    assert message.choices == (
        Choice(title="Yes", value="Yes"),
        Choice(title="No", value="n"),
        Choice(title="Later", value="Later"),
    )


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({}, {"status": 200, "body": None}),
        ({"status": 204}, {"status": 204, "body": None}),
        ({"body": [1], "data": 2}, {"status": 200, "body": [1]}),
        ({"body": None, "data": 2}, {"status": 200, "body": None}),
        ({"data": 2}, {"status": 200, "body": 2}),
        ({"headers": {"X-A": "1"}}, {"headers": {"X-A": "1"}}),
    ],
)
def test_an_answer_is_for_whoever_asked(said: dict[str, Any], answer: dict[str, Any]) -> None:
    assert composed("api", said) == ApiResponse(to=Recipient(address=CALLER), **answer)


@pytest.mark.parametrize(
    ("channel", "arguments", "place"),
    [
        ("webhook", {"type": "a b"}, "with/type"),
        ("webhook", {"typ": "a.b"}, "with"),
        ("chat", {"to": "c-1"}, "with"),
        ("chat", {"to": "c-1", "text": "?", "choices": [{"value": "x"}]}, "with/choices/0"),
        ("api", {"status": 99}, "with/status"),
        ("api", {"status": "200"}, "with/status"),
        ("api", {"headers": {"X": 1}}, "with/headers/X"),
    ],
)
def test_what_is_none_of_these_is_refused(
    channel: str, arguments: dict[str, Any], place: str
) -> None:
    with pytest.raises(Refused) as caught:
        composed(channel, arguments, endpoint="erp")

    assert (caught.value.code, caught.value.message.partition(":")[0]) == (
        "delivery.arguments",
        place,
    )
