"""The sendgrid adapter against a SendGrid that fails in every way one can."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from experience_adapters.exchange import refusal
from experience_adapters.sendgrid.adapter import SendGridEmail
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterSuite, Received, sending
from symphainy.delivery import EmailMessage, Recipient
from tests.experience.conftest import MESSAGE
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.twins.provider import Fault
from tests.twins.sendgrid import KEY, SendGridTwin, content
from tests.twins.web import certificate

HOST = "api.sendgrid.com"


class SendGridCase(ProviderCase):
    """The sendgrid adapter, and SendGrid under its own name."""

    message = MESSAGE

    adapter: SendGridEmail

    def __init__(self, twin: SendGridTwin, folder: Path, trusted: ssl.SSLContext) -> None:
        self.twin = twin
        settings = Settings(home=folder, tenant="conformance")
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = SendGridEmail(settings, egress, Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        return [
            Received(
                to=one.document["personalizations"][0]["to"][0]["email"],
                subject=one.document["subject"],
                text=content(one, "text/plain") or "",
                html=content(one, "text/html"),
            )
            for one in self.twin.of(delivery)
        ]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[SendGridCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    secrets = tmp_path / "secrets" / "conformance"
    secrets.mkdir(parents=True)
    (secrets / "sendgrid").write_text(KEY)
    async with SendGridTwin(tls=proving) as twin:
        yield SendGridCase(twin, tmp_path, ssl.create_default_context(cafile=str(file)))


class TestSendGrid(AdapterSuite):
    """The suite, on the fixture `case` above."""


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(OUTCOMES) == set(get_args(Fault))


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_sendgrid_is_known_to_have_done(
    case: SendGridCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(MESSAGE, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_requests_are_held_against_sendgrids_own_document(case: SendGridCase) -> None:
    if not case.twin.checks:
        pytest.skip("the OpenAPI document is not beside this repository")
    wrong = await case.adapter._ask(
        "POST", "/v3/mail/send", "conformance", {}, b'{"from": {"email": "a@b.example"}}'
    )

    assert wrong.status == 400
    assert b"personalizations" in wrong.content


async def test_every_attempt_has_the_same_message_id_and_names_the_delivery(
    case: SendGridCase,
) -> None:
    first = await case.adapter.send(MESSAGE, sending("d-1"))
    await case.adapter.send(MESSAGE, sending("d-1", attempt=2))

    assert first.provider_id == case.twin.kept[0].id
    names = [(one.document["headers"], one.delivery) for one in case.twin.kept]
    assert names == [({"Message-ID": "<d-1@acme.example>"}, "d-1")] * 2


async def test_a_mail_is_what_was_written_and_no_more(case: SendGridCase) -> None:
    url = f"<https://acme.example/u/{'a1' * 200}>, <mailto:leave@acme.example>"
    headers = {"List-Unsubscribe": url, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = MESSAGE.model_copy(update={"headers": headers})
    await case.adapter.send(message, sending("d-1", settings={"replyTo": "help@acme.example"}))

    assert case.twin.kept[0].document == {
        "from": {"email": "billing@acme.example", "name": "Acme Billing"},
        "subject": MESSAGE.subject,
        "personalizations": [
            {"to": [{"email": "ada@example.com"}], "custom_args": {"delivery_id": "d-1"}}
        ],
        "content": [
            {"type": "text/plain", "value": MESSAGE.text},
            {"type": "text/html", "value": MESSAGE.html},
        ],
        "headers": {"Message-ID": "<d-1@acme.example>", **headers},
        "reply_to": {"email": "help@acme.example"},
    }


async def test_headers_beyond_ascii_are_encoded(case: SendGridCase) -> None:
    message = MESSAGE.model_copy(update={"headers": {"X-Note": "Grüße " * 20}})

    assert (await case.adapter.send(message, sending("d-1"))).outcome == "accepted"


async def test_in_sandbox_mode_sendgrid_checks_and_keeps_nothing(case: SendGridCase) -> None:
    result = await case.adapter.send(MESSAGE, sending("d-1", settings={"sandbox": True}))

    assert (result.outcome, case.twin.writes, case.twin.kept) == ("accepted", 1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"subject": " "},
        {"text": ""},
        {"html": "\n"},
        {"text": "our key is SG.abc123.def456"},
        {"to": Recipient(address="größe@example.com")},
        {"headers": {"X-SG-ID": "1"}},
        {"headers": {"Reply-To": "nobody"}},
    ],
)
async def test_what_sendgrid_would_refuse_is_not_sent(
    case: SendGridCase, change: dict[str, object]
) -> None:
    message: EmailMessage = MESSAGE.model_copy(update=change)

    assert case.adapter.validate(message) != []
    assert (await case.adapter.send(message, sending("d-1"))).outcome == "rejected"
    assert case.twin.writes == 0


async def test_a_mail_whose_time_is_over_is_not_sent(case: SendGridCase) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    result = await case.adapter.send(MESSAGE, sending("d-1", not_after=over))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.expired", 0)


async def test_without_the_secret_nothing_is_sent_yet(case: SendGridCase) -> None:
    result = await case.adapter.send(MESSAGE, sending("d-1", settings={"secret": "other"}))

    assert (result.outcome, result.code, case.twin.writes) == (
        "retryable",
        "delivery.credentials",
        0,
    )
    assert "other" in (result.detail or "")


@pytest.mark.parametrize("endpoint", ["http://api.sendgrid.com.example", "https://127.0.0.1"])
async def test_the_key_goes_nowhere_it_may_be_read(case: SendGridCase, endpoint: str) -> None:
    result = await case.adapter.send(MESSAGE, sending("d-1", settings={"endpoint": endpoint}))

    assert (result.outcome, result.code) == ("rejected", "egress.forbidden")


async def test_a_key_that_may_not_send_is_told_of(case: SendGridCase) -> None:
    case.twin.scopes = ("stats.read",)
    lacking = await case.adapter.check()
    case.twin.key = "SG.another"
    wrong = await case.adapter.check()

    assert lacking == ["SendGrid's key lacks the permission mail.send"]
    assert wrong == [
        "SendGrid answers 401: The provided authorization grant is invalid, expired, or revoked"
    ]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60),
        ({"x-ratelimit-reset": "1792567680"}, 60),
        ({"retry-after": "Wed, 21 Oct 2020 07:28:00 GMT"}, 1),
        ({"retry-after": "999999"}, 3600),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_a_busy_provider_says_when_to_come_back(
    headers: dict[str, str], seconds: int | None
) -> None:
    now = datetime(2026, 10, 21, 7, 27, tzinfo=UTC)
    pause = refusal(429, "", headers, at=now).retry_after

    assert pause == (None if seconds is None else timedelta(seconds=seconds))
