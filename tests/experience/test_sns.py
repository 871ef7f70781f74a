"""The sns adapter against an SNS that fails in every way one can."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from experience_adapters.sns.adapter import SnsSms
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterSuite, Received, sending
from symphainy.delivery import SendResult
from tests.experience.conftest import TEXT_MESSAGE
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.twins.provider import Fault
from tests.twins.sns import SECRET, SnsTwin
from tests.twins.web import certificate

HOST = "sns.us-east-1.amazonaws.com"


class SnsCase(ProviderCase):
    """The sns adapter, and SNS under its own name, which takes all for one delivery."""

    adapter: SnsSms
    message = TEXT_MESSAGE

    def __init__(self, twin: SnsTwin, folder: Path, trusted: ssl.SSLContext) -> None:
        self.twin = twin
        settings = Settings(home=folder, tenant="conformance")
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = SnsSms(settings, egress, Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        kept = [one.document for one in self.twin.kept]
        return [Received(one["PhoneNumber"], None, one["Message"]) for one in kept]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[SnsCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    secrets = tmp_path / "secrets" / "conformance"
    secrets.mkdir(parents=True)
    (secrets / "sns").write_text(json.dumps(SECRET))
    (secrets / "wrong").write_text(json.dumps({**SECRET, "secretAccessKey": "another"}))
    async with SnsTwin(tls=proving) as twin:
        yield SnsCase(twin, tmp_path, ssl.create_default_context(cafile=str(file)))


class TestSns(AdapterSuite):
    """The suite, on the fixture `case` above."""


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(OUTCOMES) == set(get_args(Fault))


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_sns_is_known_to_have_done(case: SnsCase, fault: Fault) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.kept)) == OUTCOMES[fault]
    assert case.twin.writes <= 1


@pytest.mark.parametrize(
    ("error", "outcome", "code", "suppress"),
    [
        (("Throttling", "Rate exceeded"), "retryable", "delivery.busy", None),
        (("InvalidClientTokenId", "No such key"), "rejected", "delivery.credentials", None),
        (("InvalidParameter", "PhoneNumber Reason: +1 is not valid"), "rejected", None, None),
        (("OptedOut", "No more"), "rejected", "delivery.refused", "opted_out"),
        (
            ("InvalidParameter", "Phone number is opted out"),
            "rejected",
            "delivery.refused",
            "opted_out",
        ),
    ],
)
async def test_errors_that_sns_all_answers_with_400_are_told_apart(
    case: SnsCase, error: tuple[str, str], outcome: str, code: str | None, suppress: str | None
) -> None:
    case.twin.error = error
    result = await case.adapter.send(TEXT_MESSAGE, sending("d-1"))

    assert (result.outcome, result.code, result.suppress) == (
        outcome,
        code or "delivery.refused",
        suppress,
    )


@pytest.mark.parametrize(
    ("sender", "attribute"),
    [
        ("+15005550006", "AWS.MM.SMS.OriginationNumber"),
        ("12345", "AWS.MM.SMS.OriginationNumber"),
        ("Acme", "AWS.SNS.SMS.SenderID"),
        ("", None),
    ],
)
async def test_a_text_message_is_what_was_written_and_no_more(
    case: SnsCase, sender: str, attribute: str | None
) -> None:
    message = TEXT_MESSAGE.model_copy(update={"sender": sender})
    attempt = sending("d-1", settings={"type": "Promotional", "maxPrice": 0.5})
    assert (await case.adapter.send(message, attempt)).outcome == "accepted"

    (kept,) = case.twin.kept
    entries = [f"MessageAttributes.entry.{number}." for number in (1, 2, 3)]
    told = {
        kept.document[f"{one}Name"]: kept.document[f"{one}Value.StringValue"]
        for one in entries
        if f"{one}Name" in kept.document
    }
    expected = {"AWS.SNS.SMS.SMSType": "Promotional", "AWS.SNS.SMS.MaxPrice": "0.5"}
    assert told == ({**expected, attribute: sender} if attribute else expected)
    assert (kept.document["PhoneNumber"], kept.document["Message"]) == (
        "+4366012345678",
        "Hello Ada, invoice 7 is due. Acme",
    )


@pytest.mark.parametrize("sender", ["billing@acme.example", "Acme Billing Office", "12", "Grüße"])
async def test_what_is_no_sender_at_sns_is_said_beforehand(case: SnsCase, sender: str) -> None:
    message = TEXT_MESSAGE.model_copy(update={"sender": sender})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.sender")
    assert case.adapter.validate(message) == [result.detail]
    assert case.twin.writes == 0


async def test_what_is_past_its_time_is_not_sent(case: SnsCase) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    late = await case.adapter.send(TEXT_MESSAGE, sending("d-1", not_after=past))

    assert (late.outcome, late.code, case.twin.writes) == ("rejected", "delivery.expired", 0)


@pytest.mark.parametrize(
    ("settings", "outcome", "code"),
    [
        ({"secret": "nothing"}, "retryable", "delivery.credentials"),
        ({"secret": "wrong"}, "rejected", "delivery.credentials"),
        ({"endpoint": "http://sns.acme.example"}, "rejected", "egress.forbidden"),
        ({"endpoint": "https://127.0.0.1:1"}, "rejected", "egress.forbidden"),
    ],
)
async def test_credentials_are_the_tenant_s_and_go_only_where_they_are_safe(
    case: SnsCase, settings: dict[str, str], outcome: str, code: str
) -> None:
    result = await case.adapter.send(TEXT_MESSAGE, sending("d-1", settings=settings))

    assert (result.outcome, result.code, case.twin.kept) == (outcome, code, [])


async def test_a_loop_with_one_thread_is_enough(tmp_path: Path) -> None:
    """What a call waits for needs a thread of the loop, to look up the host."""
    secrets = tmp_path / "secrets" / "conformance"
    secrets.mkdir(parents=True)
    (secrets / "sns").write_text(json.dumps(SECRET))
    async with SnsTwin() as twin:
        there = sending("d-1", settings={"endpoint": f"http://localhost:{twin.port}"})

        async def elsewhere() -> SendResult:
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
            settings = Settings(home=tmp_path, delivery_timeout=5.0)
            adapter = SnsSms(settings, Egress(["localhost"]), Vault(settings))
            return await adapter.send(TEXT_MESSAGE, there)

        result = await asyncio.to_thread(asyncio.run, elsewhere())

    assert result.outcome == "accepted"
