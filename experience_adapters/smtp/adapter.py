"""The mail adapter for any mail server."""

import socket
from datetime import UTC, datetime
from typing import Any

from aiosmtplib import SMTPException

from experience_adapters.addresses import ascii_domain
from experience_adapters.mail import (
    built,
    encoded,
    flaws,
    mailbox,
    spelled,
    with_reply_address,
)
from experience_adapters.smtp import answers
from experience_adapters.smtp.session import Session
from public_works.settings import Settings
from symphainy.catalog import AdapterSpec
from symphainy.delivery import AdapterFactory, EmailMessage, Sending, SendResult

__all__ = ["ADAPTERS", "SmtpEmail"]

SPEC = AdapterSpec(
    name="smtp",
    channel="email",
    version="1.0.0",
    summary="Sends mails through a mail server.",
    description=(
        "Hands each mail to the mail server that SYMPHAINY_SMTP_HOST names, over a connection "
        "of its own. SMTP knows no idempotency key and answers no questions afterwards: when "
        "the connection breaks while a mail is handed over, whether it was taken stays unknown "
        "and is shown as such, never guessed."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "replyTo": {
                "type": "string",
                "format": "email",
                "description": "Where replies go, if not to the sender.",
            }
        },
    },
    promise="at most once",
    setup="""\
1. Set SYMPHAINY_SMTP_HOST, SYMPHAINY_SMTP_PORT and SYMPHAINY_SMTP_TLS to those of the mail server,
   and SYMPHAINY_SMTP_USERNAME and SYMPHAINY_SMTP_PASSWORD if it wants to know who sends.
2. Let the server sign what it sends (DKIM) and be named by the sender's domain (SPF).
3. `from` of the binding, or SYMPHAINY_MAIL_FROM, has to be an address that the server sends for.
""",
    said=(
        ("2xx after the content", "accepted", "Nothing: the server has the mail."),
        ("5xx", "rejected", "Correct what the server names: sender, receiver or content."),
        ("4xx", "retryable", "Nothing: it is tried again."),
        ("530, 534, 535, 538", "retryable", "Check user name and password; it waits meanwhile."),
        (
            "no connection, no TLS",
            "retryable",
            "Check host, port and encryption; it waits meanwhile.",
        ),
        ("silence after the content", "unknown", "Decide by `onUnknown`: nobody can be asked."),
    ),
)

_FAULTS = (SMTPException, OSError, ValueError)


class SmtpEmail:
    """Speaks to one mail server."""

    spec = SPEC

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def check(self) -> list[str]:
        """What settings are missing, or what the mail server says to a log-in without a mail."""
        missing = self._missing()
        if missing:
            return missing
        async with Session(self._settings, hostname=_own_name("")) as session:
            try:
                await session.connect()
                await session.quit()
            except _FAULTS as error:
                return [f"{self._settings.smtp_host}: {answers.unconnected(error).detail}"]
        return []

    def validate(self, message: EmailMessage) -> list[str]:
        return [one.message for one in flaws(message, self._sender(message))]

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        message = with_reply_address(message, sending)
        for flaw in flaws(message, self._sender(message)):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        if self._settings.smtp_host is None:
            detail = "SYMPHAINY_SMTP_HOST is not set"
            return SendResult(outcome="retryable", code="delivery.unreachable", detail=detail)
        return await self._converse(message, sending)

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        return None

    async def _converse(self, message: EmailMessage, sending: Sending) -> SendResult:
        origin = mailbox(self._sender(message))
        sender, recipient = spelled(origin.address), spelled(message.to.address)
        utf8 = not (sender + recipient).isascii()
        now = datetime.now(UTC)
        mime = built(message, sender=self._sender(message), delivery=sending.delivery, at=now)
        octets = encoded(mime, utf8=utf8)
        async with Session(self._settings, hostname=_own_name(origin.domain)) as session:
            try:
                await session.connect()
            except _FAULTS as error:
                return answers.unconnected(error)
            try:
                await session.envelope(sender, recipient, utf8=utf8, size=len(octets))
            except _FAULTS as error:
                return answers.before_content(error)
            try:
                answer = await session.content(octets)
            except _FAULTS as error:
                return answers.silent(error)
            await session.quit()
            return answers.after_content(answer.code, answer.message, mime["Message-ID"])

    def _sender(self, message: EmailMessage) -> str:
        return message.sender or self._settings.mail_from or ""

    def _missing(self) -> list[str]:
        host, origin = self._settings.smtp_host, self._settings.mail_from
        clear = self._settings.smtp_username and self._settings.smtp_tls == "none"
        return [
            *(["SYMPHAINY_SMTP_HOST names no mail server"] if host is None else []),
            *(["SYMPHAINY_MAIL_FROM names no sender"] if origin is None else []),
            *(["SYMPHAINY_SMTP_TLS is none: the password would be readable"] if clear else []),
        ]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> SmtpEmail:
        return SmtpEmail(services[Settings])


def _own_name(domain: str) -> str:
    """What to say in EHLO: this host's name if it is a full one, else the sender's domain.

    Never looked up: `getfqdn` waits for DNS, as long as DNS likes.
    """
    host = socket.gethostname()
    if "." in host and host.isascii():
        return host
    return ascii_domain(domain) or host or "localhost"


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
