"""The ses adapter against an SES that fails in every way one can."""

import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from experience_adapters.ses.adapter import SesEmail
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterSuite, Received, sending
from symphainy.delivery import Recipient
from tests.experience.conftest import MESSAGE
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.twins.provider import Fault
from tests.twins.ses import SECRET, SesTwin, body, mail
from tests.twins.web import certificate

HOST = "email.us-east-1.amazonaws.com"


class SesCase(ProviderCase):
    """The ses adapter, and SES under its own name."""

    adapter: SesEmail
    message = MESSAGE

    def __init__(self, twin: SesTwin, folder: Path, trusted: ssl.SSLContext) -> None:
        self.twin = twin
        settings = Settings(home=folder, tenant="conformance")
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = SesEmail(settings, egress, Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        return [
            Received(
                to=one.document["Destination"]["ToAddresses"][0],
                subject=mail(one)["Subject"],
                text=body(one, "plain") or "",
                html=body(one, "html"),
            )
            for one in self.twin.of(delivery)
        ]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[SesCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    secrets = tmp_path / "secrets" / "conformance"
    secrets.mkdir(parents=True)
    (secrets / "ses").write_text(json.dumps(SECRET))
    (secrets / "text").write_text("AKIATWIN")
    (secrets / "wrong").write_text(json.dumps({**SECRET, "secretAccessKey": "another"}))
    async with SesTwin(tls=proving) as twin:
        yield SesCase(twin, tmp_path, ssl.create_default_context(cafile=str(file)))


class TestSes(AdapterSuite):
    """The suite, on the fixture `case` above."""


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(OUTCOMES) == set(get_args(Fault))


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_ses_is_known_to_have_done(case: SesCase, fault: Fault) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(MESSAGE, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]
    assert case.twin.writes <= 1


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        ("LimitExceededException", "retryable", "delivery.busy"),
        ("ThrottlingException", "retryable", "delivery.busy"),
        ("SendingPausedException", "rejected", "delivery.credentials"),
        ("MailFromDomainNotVerifiedException", "rejected", "delivery.credentials"),
        ("MessageRejected", "rejected", "delivery.refused"),
        ("BadRequestException", "rejected", "delivery.refused"),
    ],
)
async def test_errors_that_ses_all_answers_with_400_are_told_apart(
    case: SesCase, error: str, outcome: str, code: str
) -> None:
    case.twin.error = error
    result = await case.adapter.send(MESSAGE, sending("d-1"))

    assert (result.outcome, result.code) == (outcome, code)
    assert error in (result.detail or "")


async def test_a_mail_names_its_delivery_and_its_configuration_set(case: SesCase) -> None:
    url = f"<https://acme.example/u/{'a1' * 200}>, <mailto:leave@acme.example>"
    message = MESSAGE.model_copy(update={"headers": {"List-Unsubscribe": url}})
    settings = {"configurationSet": "receipts", "replyTo": "help@acme.example"}
    result = await case.adapter.send(message, sending("d-1", settings=settings))
    (kept,) = case.twin.kept

    assert result.provider_id == kept.id
    assert {name: one for name, one in kept.document.items() if name != "Content"} == {
        "Destination": {"ToAddresses": ["ada@example.com"]},
        "EmailTags": [{"Name": "delivery_id", "Value": "d-1"}],
        "ConfigurationSetName": "receipts",
    }
    headers = ("From", "To", "Reply-To", "Message-ID", "List-Unsubscribe", "X-Symphainy-Delivery")
    assert [mail(kept)[name] for name in headers] == [
        "Acme Billing <billing@acme.example>",
        "ada@example.com",
        "help@acme.example",
        "<d-1@acme.example>",
        url,
        "d-1",
    ]


async def test_the_surroundings_lend_no_credentials_and_no_endpoint(
    case: SesCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAWORKER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "worker")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "worker")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    case.twin.fault = "kept 503"
    await case.adapter.send(MESSAGE, sending("d-1"))

    assert (case.twin.writes, len(case.twin.of("d-1"))) == (1, 1)
    assert "x-amz-security-token" not in case.twin.kept[0].headers


async def test_what_ses_would_refuse_is_not_sent(case: SesCase) -> None:
    message = MESSAGE.model_copy(update={"to": Recipient(address="größe@example.com")})

    assert case.adapter.validate(message) != []
    result = await case.adapter.send(message, sending("d-1"))
    assert (result.outcome, result.code, case.twin.writes) == (
        "rejected",
        "delivery.unsupported",
        0,
    )


async def test_a_mail_whose_time_is_over_is_not_sent(case: SesCase) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    result = await case.adapter.send(MESSAGE, sending("d-1", not_after=over))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.expired", 0)


@pytest.mark.parametrize(
    ("settings", "outcome", "code"),
    [
        ({"secret": "missing"}, "retryable", "delivery.credentials"),
        ({"secret": "text"}, "retryable", "delivery.credentials"),
        ({"secret": "wrong"}, "rejected", "delivery.credentials"),
        ({"endpoint": "http://ses.example"}, "rejected", "egress.forbidden"),
        ({"endpoint": "https://127.0.0.1"}, "rejected", "egress.forbidden"),
    ],
)
async def test_a_binding_that_cannot_send_keeps_nothing(
    case: SesCase, settings: dict[str, str], outcome: str, code: str
) -> None:
    result = await case.adapter.send(MESSAGE, sending("d-1", settings=settings))

    assert (result.outcome, result.code, case.twin.kept) == (outcome, code, [])
    assert "twin/key" not in str(result)


async def test_an_account_that_may_not_send_is_told_of(case: SesCase) -> None:
    case.twin.sending = False
    paused = await case.adapter.check()
    case.twin.region = "eu-west-1"
    wrong = await case.adapter.check()

    assert paused == ["SES does not let this account send"]
    assert wrong == ["SES answers 403 InvalidSignatureException: The signature does not match."]
