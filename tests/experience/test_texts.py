"""Text messages: what they may say, how they are cut, and how a step's letter becomes one."""

from datetime import UTC, datetime

import pytest

from activities.delivery.compose import compose, fingerprint, letter_of
from experience_adapters.texts import flaws, segments
from public_works.customers import Customer
from symphainy.delivery import EmailMessage, Recipient, SmsMessage
from symphainy.errors import Refused
from symphainy.plan import Experience
from tests.experience.conftest import TEXT_MESSAGE

ADA = Customer(
    tenant="acme",
    id="c-1",
    name="Ada",
    email="ada@example.com",
    phone="+4366012345678",
    locale="de-AT",
    zone="Europe/Vienna",
    updated=datetime(2026, 11, 2, tzinfo=UTC),
)
REMINDER = {"subject": "Invoice {{ id }}", "text": " Hello {{ customer.name }}: invoice {{ id }}\n"}


def bound(channel: str) -> Experience:
    return Experience(
        channel=channel,
        adapter="sandbox",
        queue="platform",
        promise="exactly once",
        templates={"reminder": REMINDER},
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ä ñ Δ @\n" * 20, 1),
        ("ç" + "a" * 69, 1),
        ("ç" + "a" * 70, 2),
        ("日" * 134, 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
)
def test_networks_cut_a_text_into_parts(text: str, parts: int) -> None:
    assert segments(text) == parts


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "a" * 1_531}, "delivery.length"),
        ({"text": "日" * 671}, "delivery.length"),
        ({"text": "\n"}, "delivery.text"),
        ({"text": "a\0"}, "delivery.text"),
        ({"to": Recipient(address="4366012345678")}, "delivery.address"),
        ({"sender": "Acme\n"}, "delivery.address"),
    ],
)
def test_what_no_provider_should_take_is_said(changes: dict[str, object], code: str) -> None:
    assert [one.code for one in flaws(TEXT_MESSAGE.model_copy(update=changes))] == [code]


def test_the_longest_text_messages_are_taken() -> None:
    for text in ("a" * 1_530, "日" * 670):
        assert flaws(TEXT_MESSAGE.model_copy(update={"text": text})) == []


def test_one_letter_is_a_mail_or_a_text_message_by_its_channel() -> None:
    arguments = {"to": "c-1", "template": "reminder", "data": {"id": 7}}
    letter = letter_of(arguments, bound("sms"))

    assert compose(letter, ADA, bound("sms"), "Acme") == SmsMessage(
        to=Recipient(
            address="+4366012345678", customer="c-1", locale="de-AT", zone="Europe/Vienna"
        ),
        sender="Acme",
        text="Hello Ada: invoice 7",
    )
    assert compose(letter, ADA, bound("email"), "billing@acme.example") == EmailMessage(
        to=Recipient(
            address="ada@example.com", customer="c-1", locale="de-AT", zone="Europe/Vienna"
        ),
        sender="billing@acme.example",
        subject="Invoice 7",
        text=" Hello Ada: invoice 7\n",
    )


@pytest.mark.parametrize(
    ("to", "address", "customer"),
    [
        ("+4366087654321", "+4366087654321", None),
        ({"id": "c-2", "phone": "+4366087654321"}, "+4366087654321", "c-2"),
        ({"phone": "+4366087654321"}, "+4366087654321", None),
    ],
)
def test_a_number_can_be_given_in_place(to: object, address: str, customer: str | None) -> None:
    letter = letter_of({"to": to, "text": "Hello"}, bound("sms"))
    message = compose(letter, None, bound("sms"), "")

    assert (message.to.address, message.to.customer) == (address, customer)


@pytest.mark.parametrize("to", ["c-2", {"id": "c-2", "email": "bea@example.com"}, None])
def test_without_a_number_there_is_no_text_message(to: object) -> None:
    letter = letter_of({"to": to, "text": "Hello"}, bound("sms"))

    with pytest.raises(Refused) as caught:
        compose(letter, None, bound("sms"), "")

    assert caught.value.code == "delivery.no-address"


def test_other_words_have_another_fingerprint() -> None:
    other = TEXT_MESSAGE.model_copy(update={"text": "something else"})

    assert fingerprint(TEXT_MESSAGE) == fingerprint(TEXT_MESSAGE.model_copy())
    assert fingerprint(TEXT_MESSAGE) != fingerprint(other)
