"""The smtp adapter against a mail server that fails in every way one can."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import get_args

import pytest

from experience_adapters.smtp import SmtpEmail
from experience_adapters.smtp.answers import after_content
from symphainy.conformance import sending
from symphainy.delivery import EmailMessage, Recipient
from tests.experience.certificate import certificate
from tests.experience.conftest import settings_for
from tests.twins.smtp import Fault, SmtpTwin

OUTCOMES: dict[Fault, tuple[str, str | None, int]] = {
    "none": ("accepted", None, 1),
    "greeting 554": ("retryable", "delivery.busy", 0),
    "mail 451": ("retryable", "delivery.busy", 0),
    "mail 530": ("retryable", "delivery.credentials", 0),
    "rcpt 451": ("retryable", "delivery.busy", 0),
    "rcpt 550": ("rejected", "delivery.refused", 0),
    "rcpt drop": ("retryable", "delivery.unreachable", 0),
    "rcpt silence": ("retryable", "delivery.unreachable", 0),
    "data 451": ("retryable", "delivery.busy", 0),
    "data 554": ("rejected", "delivery.refused", 0),
    "data drop": ("retryable", "delivery.unreachable", 0),
    "content drop": ("unknown", "delivery.unknown", 0),
    "dot 451": ("retryable", "delivery.busy", 0),
    "dot 552": ("rejected", "delivery.refused", 0),
    "dot nonsense": ("unknown", "delivery.unknown", 0),
    "kept drop": ("unknown", "delivery.unknown", 1),
    "kept silence": ("unknown", "delivery.unknown", 1),
}
"""For each fault: the outcome, its code, and how many mails the server kept."""


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(OUTCOMES) == set(get_args(Fault))


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_the_server_is_known_to_have_done(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage, fault: Fault
) -> None:
    twin.fault = fault
    result = await smtp.send(message, sending("d-1"))

    assert (result.outcome, result.code, len(twin.of("d-1"))) == OUTCOMES[fault]
    assert twin.connections == 1


async def test_the_server_s_words_and_queue_id_are_passed_on(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    accepted = await smtp.send(message, sending("d-1"))
    twin.fault = "rcpt 550"
    refused = await smtp.send(message, sending("d-2"))

    assert accepted.provider_id == twin.mails[0].id
    assert refused.detail == "550 5.1.1 User unknown"


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("2.0.0 Ok: queued as 4XyZ1", "4XyZ1"),
        ("OK id=1tABCd-000000001aB-0xYz", "1tABCd-000000001aB-0xYz"),
        ("Ok 0100018c-1234-000000", "0100018c-1234-000000"),
        ("2.0.0 OK: message accepted for delivery", "<d@acme.example>"),
        ("", "<d@acme.example>"),
    ],
)
def test_the_queue_id_is_found_or_the_message_id_taken(said: str, id: str) -> None:
    assert after_content(250, said, "<d@acme.example>").provider_id == id


async def test_every_attempt_has_the_same_message_id_and_names_the_delivery(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    await smtp.send(message, sending("d-1"))
    await smtp.send(message, sending("d-1", attempt=2))

    names = [(one.message["Message-ID"], one.delivery) for one in twin.mails]
    assert names == [("<d-1@acme.example>", "d-1")] * 2


async def test_a_mail_has_the_headers_a_mail_needs(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    await smtp.send(message, sending("d-1"))
    mail = twin.mails[0].message

    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "Acme Billing <billing@acme.example>",
        "ada@example.com",
        "Invoice 7 is due",
    )
    assert before <= parsedate_to_datetime(mail["Date"]) <= datetime.now(UTC)
    assert mail.get_content_type() == "multipart/alternative"
    assert (twin.mails[0].sender, twin.mails[0].recipients) == (
        "billing@acme.example",
        ["ada@example.com"],
    )


async def test_a_long_unsubscribe_address_stays_whole(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    url = f"<https://acme.example/u/{'a1' * 200}>, <mailto:leave@acme.example>"
    headers = {"List-Unsubscribe": url, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    await smtp.send(message.model_copy(update={"headers": headers}), sending("d-1"))

    assert f"\r\nList-Unsubscribe: {url}\r\n" in twin.mails[0].content


async def test_what_goes_over_the_wire_is_ascii_in_short_lines(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    spelled = {
        "subject": "Überfällig " * 20,
        "text": "Grüße " * 500,
        "sender": "Ödön <o@x.example>",
    }
    await smtp.send(message.model_copy(update=spelled), sending("d-1"))
    content = twin.mails[0].content

    assert content.isascii()
    lines = [one for one in content.split("\r\n") if "boundary=" not in one]
    assert max(len(line) for line in lines) <= 78
    assert twin.mails[0].message["From"] == "Ödön <o@x.example>"


async def test_an_international_domain_is_spelled_for_dns(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    to = Recipient(address="ada@müller.example")
    twin.utf8 = False
    result = await smtp.send(message.model_copy(update={"to": to}), sending("d-1"))

    assert result.outcome == "accepted"
    assert twin.mails[0].message["To"] == "ada@xn--mller-kva.example"


async def test_an_international_local_part_needs_a_server_that_knows_it(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    to = message.model_copy(update={"to": Recipient(address="josé@example.com")})
    taken = await smtp.send(to, sending("d-1"))
    twin.utf8 = False
    refused = await smtp.send(to, sending("d-2"))

    assert (taken.outcome, twin.mails[0].recipients) == ("accepted", ["josé@example.com"])
    assert (refused.outcome, refused.code) == ("rejected", "delivery.unsupported")


async def test_a_binding_says_where_replies_go(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    asked = sending("d-1").model_copy(update={"settings": {"replyTo": "help@acme.example"}})
    await smtp.send(message, asked)
    spoilt = sending("d-2").model_copy(update={"settings": {"replyTo": "help\r\nBcc: eve@x.yz"}})

    assert twin.mails[0].message["Reply-To"] == "help@acme.example"
    assert (await smtp.send(message, spoilt)).code == "delivery.header"


async def test_without_a_sender_the_platform_s_is_taken(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    await smtp.send(message.model_copy(update={"sender": ""}), sending("d-1"))

    assert twin.mails[0].sender == "billing@acme.example"


async def test_what_comes_too_late_is_not_sent(
    twin: SmtpTwin, smtp: SmtpEmail, message: EmailMessage
) -> None:
    late = sending("d-1").model_copy(update={"not_after": datetime.now(UTC) - timedelta(seconds=1)})
    result = await smtp.send(message, late)

    assert (result.outcome, result.code, twin.connections) == ("rejected", "delivery.expired", 0)


async def test_many_mails_at_once_keep_apart(twin: SmtpTwin, message: EmailMessage) -> None:
    adapter = SmtpEmail(settings_for(twin, smtp_timeout=20.0))
    results = await asyncio.gather(
        *(adapter.send(message, sending(f"d-{number}")) for number in range(20))
    )

    named = {one.provider_id for one in results}
    assert named == {one.id for one in twin.mails}
    assert sorted(str(one.delivery) for one in twin.mails) == sorted(f"d-{n}" for n in range(20))


# The password of this test goes over loopback.
@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_password_is_presented_and_a_wrong_one_told_apart(message: EmailMessage) -> None:
    async with SmtpTwin(login=("acme", "right")) as twin:
        right = SmtpEmail(settings_for(twin, smtp_username="acme", smtp_password="right"))
        wrong = SmtpEmail(settings_for(twin, smtp_username="acme", smtp_password="wrong"))

        assert (await right.send(message, sending("d-1"))).outcome == "accepted"
        refused = await wrong.send(message, sending("d-2"))

    assert (refused.outcome, refused.code) == ("retryable", "delivery.credentials")
    assert "wrong" not in str(refused.detail)


@pytest.fixture
def secure(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    file = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context, file


async def test_a_trusted_certificate_is_spoken_to(
    secure: tuple[ssl.SSLContext, Path], message: EmailMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, file = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with SmtpTwin(tls=context) as twin:
        result = await SmtpEmail(_encrypted(twin)).send(message, sending("d-1"))

    assert (result.outcome, len(twin.mails)) == ("accepted", 1)


async def test_an_unknown_certificate_is_not_spoken_to(
    secure: tuple[ssl.SSLContext, Path], message: EmailMessage
) -> None:
    async with SmtpTwin(tls=secure[0]) as twin:
        result = await SmtpEmail(_encrypted(twin)).send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("retryable", "delivery.security")
    assert twin.mails == []


async def test_a_server_without_encryption_gets_nothing_where_it_is_demanded(
    twin: SmtpTwin, message: EmailMessage
) -> None:
    result = await SmtpEmail(_encrypted(twin)).send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("retryable", "delivery.security")
    assert twin.mails == []


async def test_missing_settings_are_named(twin: SmtpTwin, message: EmailMessage) -> None:
    adapter = SmtpEmail(settings_for(twin, smtp_host=None, mail_from=None, smtp_username="acme"))

    assert [line.partition(" ")[0] for line in await adapter.check()] == [
        "SYMPHAINY_SMTP_HOST",
        "SYMPHAINY_MAIL_FROM",
        "SYMPHAINY_SMTP_TLS",
    ]
    assert (await adapter.send(message, sending("d-1"))).outcome == "retryable"


def _encrypted(twin: SmtpTwin):  # type: ignore[no-untyped-def]
    return settings_for(twin, smtp_tls="starttls", smtp_timeout=20.0)
