"""The adapter of text messages for Twilio."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experience_adapters.exchange import accepts, credentials, unanswered
from experience_adapters.twilio import answers
from experience_adapters.twilio.access import Access
from experience_adapters.twilio.request import parameters, wrongs
from experience_adapters.twilio.spec import ENDPOINT, SECRET, SMS
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Sending, SendResult, SmsMessage
from symphainy.errors import Ending, Refused
from symphainy.plan import SecretPart

if TYPE_CHECKING:
    from experience_adapters.twilio.line import Line

__all__ = ["TwilioSms"]

PAGE = 200
"""Messages in one answer, which the egress bounds."""
MOST = 1_000
"""Messages to one number that are looked through."""


class TwilioSms:
    """Speaks to Twilio, with the credentials that the binding names."""

    spec = SMS

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and Twilio takes them."""
        try:
            line, messages = await self._open(self._settings.tenant, {})
            await _asked(line, messages.page_async(page_size=1))
        except Ending as error:
            return [error.message]
        if line.answer is None or line.answer.status != 200:
            return [f"Twilio answers {_refused(line).detail}"]
        return []

    def validate(self, message: SmsMessage) -> list[str]:
        return [one.message for one in wrongs(message, self._sender(message))]

    async def send(self, message: SmsMessage, sending: Sending) -> SendResult:
        sender, now = self._sender(message), datetime.now(UTC)
        for flaw in wrongs(message, sender):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and now > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        given = parameters(message, sender, sending, now=now)
        try:
            line, messages = await self._open(sending.tenant, sending.settings)
            made = await _asked(line, messages.create_async(**given))
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        return answers.taken(made) if made is not None else _refused(line)

    async def find(self, message: SmsMessage, sending: Sending) -> SendResult | None:
        try:
            line, messages = await self._open(sending.tenant, sending.settings)
            found = await _asked(
                line, messages.list_async(to=message.to.address, limit=MOST, page_size=PAGE)
            )
        except Ending as error:
            return unanswered(error).model_copy(update={"outcome": "unknown"})
        if found is None:
            return _refused(line).model_copy(update={"outcome": "unknown"})
        return answers.look(
            found,
            message,
            since=sending.since,
            others=sending.others,
            whole=len(found) < MOST,
        )

    async def _open(self, tenant: str, settings: dict[str, Any]) -> "tuple[Line, Any]":
        """A line to Twilio and the messages at its end."""
        endpoint = str(settings.get("endpoint") or ENDPOINT)
        forbidden = accepts(self._egress, endpoint)
        if forbidden is not None:
            raise forbidden
        part = SecretPart(secret=str(settings.get("secret") or SECRET))
        return await asyncio.to_thread(self._opened, tenant, part, endpoint)

    def _opened(self, tenant: str, part: SecretPart, endpoint: str) -> "tuple[Line, Any]":
        # In a thread: the library takes up to seconds to import, and most processes never do.
        from experience_adapters.twilio.line import Line, messages

        access = Access.of(self._vault.read(tenant, part), endpoint)
        line = Line(self._egress, access, self._settings.delivery_timeout)
        return line, messages(line, access)

    def _sender(self, message: SmsMessage) -> str:
        return message.sender or self._settings.sms_from or ""


async def _asked(line: "Line", question: Awaitable[Any]) -> Any:
    """What the library made of the answer; None if it could make nothing of it."""
    from twilio.base.exceptions import TwilioException

    try:
        return await question
    except (TwilioException, ValueError, LookupError, TypeError, AttributeError):
        if line.answer is None:
            raise
        return None


def _refused(line: "Line") -> SendResult:
    if line.answer is None:
        return SendResult(outcome="unknown", code="delivery.unknown")
    return answers.refused(line.answer)
