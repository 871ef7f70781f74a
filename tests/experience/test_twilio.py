"""The twilio adapter against a Twilio that fails in every way one can."""

import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioException

from experience_adapters.twilio import TwilioSms
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterSuite, Received, sending
from symphainy.delivery import Sending, SendResult, SmsMessage
from tests.experience.conftest import TEXT_MESSAGE
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.twins.provider import Fault
from tests.twins.twilio import ACCOUNT, SECRET, TwilioTwin
from tests.twins.web import certificate

HOST = "api.twilio.com"
BASE = "https://hooks.acme.example/"


class TwilioCase(ProviderCase):
    """The twilio adapter, and Twilio under its own name."""

    adapter: TwilioSms
    message = TEXT_MESSAGE

    def __init__(self, twin: TwilioTwin, folder: Path, trusted: ssl.SSLContext) -> None:
        self.twin = twin
        settings = Settings(home=folder, tenant="conformance", public_base_url=BASE)
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = TwilioSms(settings, egress, Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        kept = self.twin.of(delivery)
        return [Received(one.document["To"], None, one.document["Body"]) for one in kept]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[TwilioCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    keep(tmp_path, SECRET)
    async with TwilioTwin(tls=proving) as twin:
        yield TwilioCase(twin, tmp_path, ssl.create_default_context(cafile=str(file)))


def keep(home: Path, secret: object) -> None:
    """Make it the tenant's secret for Twilio."""
    folder = home / "secrets" / "conformance"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "twilio").write_text(json.dumps(secret))


class TestTwilio(AdapterSuite):
    """The suite, on the fixture `case` above."""


class Confusing(TwilioSms):
    """Takes any message of the same words for the one it looks for."""

    async def find(self, message: SmsMessage, sending: Sending) -> SendResult | None:
        alone = sending.model_copy(update={"others": frozenset()})
        return await super().find(message, alone)


async def test_an_adapter_that_confuses_deliveries_does_not_pass_the_suite(
    case: TwilioCase,
) -> None:
    adapter = case.adapter
    case.adapter = Confusing(adapter._settings, adapter._egress, adapter._vault)

    with pytest.raises(AssertionError):
        await AdapterSuite().test_it_does_not_find_what_was_never_sent(case)


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_twilio_is_known_to_have_done(
    case: TwilioCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_requests_are_held_against_twilios_own_document(case: TwilioCase) -> None:
    if not case.twin.checks:
        pytest.skip("the OpenAPI document is not beside this repository")
    line, client = await case.adapter._accounts.open("conformance", {})
    wrong = {"to": "+4366012345678", "body": "x", "from_": "Acme", "schedule_type": "no"}
    with pytest.raises(TwilioException):
        await client.messages.create_async(**wrong)

    assert (line.answer.status, json.loads(line.answer.content)["code"]) == (400, 20001)
    assert case.twin.kept == []


async def test_a_text_message_is_what_was_written_and_no_more(case: TwilioCase) -> None:
    attempt = sending("d-1", callback="https://hooks.acme.example/v1/hooks/twilio/reminder?d=d-1")
    await case.adapter.send(TEXT_MESSAGE, attempt)

    (kept,) = case.twin.kept
    assert {name: value for name, value in kept.document.items() if name != "created"} == {
        "To": "+4366012345678",
        "From": "+15005550006",
        "Body": "Hello Ada, invoice 7 is due. Acme",
        "SmartEncoded": "false",
        "StatusCallback": "https://hooks.acme.example/v1/hooks/twilio/reminder?d=d-1",
    }
    assert "authToken" not in str(kept.headers)


@pytest.mark.parametrize(
    ("sender", "field"),
    [("MG" + "a" * 32, "MessagingServiceSid"), ("Acme", "From"), ("12345", "From")],
)
async def test_a_sender_is_a_number_a_name_or_a_service(
    case: TwilioCase, sender: str, field: str
) -> None:
    message = TEXT_MESSAGE.model_copy(update={"sender": sender})

    assert case.adapter.validate(message) == []
    assert (await case.adapter.send(message, sending("d-1"))).outcome == "accepted"
    assert case.twin.kept[0].document[field] == sender


@pytest.mark.parametrize(
    "sender", ["", "billing@acme.example", "Acme Billing Office", "12", "Grüße"]
)
async def test_what_is_no_sender_at_twilio_is_said_beforehand(
    case: TwilioCase, sender: str
) -> None:
    message = TEXT_MESSAGE.model_copy(update={"sender": sender})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.sender")
    assert case.adapter.validate(message) == [result.detail]
    assert case.twin.writes == 0


@pytest.mark.parametrize(
    ("code", "suppress"),
    [(21610, "opted_out"), (21614, "not_mobile"), (30003, None), (30006, "landline")],
)
async def test_an_error_about_the_number_says_whether_to_write_to_it_again(
    case: TwilioCase, code: int, suppress: str | None
) -> None:
    case.twin.numbers[TEXT_MESSAGE.to.address] = code
    result = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))

    assert (result.outcome, result.suppress) == ("rejected", suppress)
    assert str(code) in (result.detail or "")


async def test_a_pause_that_twilio_asks_for_is_kept(case: TwilioCase) -> None:
    case.twin.fault = "429"
    result = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))

    assert result.retry_after == timedelta(seconds=1)


async def test_of_two_deliveries_that_say_the_same_each_finds_its_own(case: TwilioCase) -> None:
    first = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))
    case.twin.fault = "kept drop"
    await case.adapter.send(TEXT_MESSAGE, sending("d-2"))
    others = frozenset({first.provider_id or ""})
    found = await case.adapter.find(TEXT_MESSAGE, sending("d-2", others=others))

    assert found is not None
    assert (found.outcome, found.provider_id) == ("accepted", case.twin.of("d-2")[0].id)


async def test_what_was_there_before_the_delivery_began_is_not_it(case: TwilioCase) -> None:
    await case.adapter.send(TEXT_MESSAGE, sending("d-1"))
    later = datetime.now(UTC) + timedelta(hours=1)
    found = await case.adapter.find(TEXT_MESSAGE, sending("d-2", since=later))

    assert found is not None
    assert found.outcome == "retryable"


async def test_it_is_found_behind_many_others(case: TwilioCase) -> None:
    sent = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))
    for number in range(5):
        other = TEXT_MESSAGE.model_copy(update={"text": f"Other {number}"})
        await case.adapter.send(other, sending(f"o-{number}"))
    case.twin.page = 2
    found = await case.adapter.find(TEXT_MESSAGE, sending("d-1"))

    assert found is not None
    assert (found.outcome, found.provider_id) == ("accepted", sent.provider_id)


async def test_a_message_is_not_kept_in_the_queue_past_its_time(case: TwilioCase) -> None:
    soon = datetime.now(UTC) + timedelta(hours=2)
    await case.adapter.send(TEXT_MESSAGE, sending("d-1", not_after=soon))
    past = datetime.now(UTC) - timedelta(seconds=1)
    late = await case.adapter.send(TEXT_MESSAGE, sending("d-2", not_after=past))

    assert 7_000 < int(case.twin.kept[0].document["ValidityPeriod"]) <= 7_200
    assert (late.outcome, late.code) == ("rejected", "delivery.expired")


@pytest.mark.parametrize(
    "secret",
    [
        "twin",
        {"accountSid": "../Accounts", "authToken": "twin"},
        {"accountSid": ACCOUNT},
        {"accountSid": ACCOUNT, "apiKey": "SK1", "authToken": "twin"},
    ],
)
async def test_without_credentials_it_is_tried_again_later(
    case: TwilioCase, tmp_path: Path, secret: object
) -> None:
    keep(tmp_path, secret)
    result = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))

    assert (result.outcome, result.code) == ("retryable", "delivery.credentials")
    assert case.twin.writes == 0
    assert await case.adapter.check() != []


async def test_credentials_go_only_where_they_are_safe(case: TwilioCase) -> None:
    for endpoint in ("http://api.acme.example", "http://127.0.0.1:1", "https://127.0.0.1:1"):
        attempt = sending("d-1", settings={"endpoint": endpoint})
        result = await case.adapter.send(TEXT_MESSAGE, attempt)
        assert (result.outcome, result.code) == ("rejected", "egress.forbidden"), endpoint
    assert case.twin.asked == []


async def test_a_key_of_the_api_stands_for_the_account(case: TwilioCase, tmp_path: Path) -> None:
    keep(tmp_path, {"accountSid": ACCOUNT, "apiKey": "SK1", "apiKeySecret": "s"})

    assert await case.adapter.check() == [
        "Twilio answers 401 20003: Authentication Error - invalid username"
    ]


async def test_the_surroundings_of_the_process_change_nothing(
    case: TwilioCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "elsewhere")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")

    assert (await case.adapter.send(TEXT_MESSAGE, sending("d-1"))).outcome == "accepted"
