"""The adapter of text messages for Twilio."""

from datetime import UTC, datetime

from experience_adapters.exchange import credentials, unanswered
from experience_adapters.twilio import answers, text_callbacks
from experience_adapters.twilio.account import Accounts, asked, refused
from experience_adapters.twilio.request import parameters, wrongs
from experience_adapters.twilio.signature import doubted
from experience_adapters.twilio.spec import SMS
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, Heard, Sending, SendResult, SmsMessage
from symphainy.errors import Ending, Refused

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
        self._accounts = Accounts(settings, egress, vault)

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and Twilio takes them."""
        try:
            line, client = await self._accounts.open(self._settings.tenant, {})
            await asked(line, client.messages.page_async(page_size=1))
        except Ending as error:
            return [error.message]
        if line.answer is None or line.answer.status != 200:
            return [f"Twilio answers {refused(line).detail}"]
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
            line, client = await self._accounts.open(sending.tenant, sending.settings)
            made = await asked(line, client.messages.create_async(**given))
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        return answers.taken(made) if made is not None else refused(line)

    async def find(self, message: SmsMessage, sending: Sending) -> SendResult | None:
        try:
            line, client = await self._accounts.open(sending.tenant, sending.settings)
            found = await asked(
                line,
                client.messages.list_async(to=message.to.address, limit=MOST, page_size=PAGE),
            )
        except Ending as error:
            return unanswered(error).model_copy(update={"outcome": "unknown"})
        if found is None:
            return refused(line).model_copy(update={"outcome": "unknown"})
        return answers.look(
            found,
            message,
            since=sending.since,
            others=sending.others,
            whole=len(found) < MOST,
        )

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        return await doubted(self._vault, callback, about)

    def parse(self, callback: Callback, about: Asking) -> Heard:
        return text_callbacks.heard(callback)

    def _sender(self, message: SmsMessage) -> str:
        return message.sender or self._settings.sms_from or ""
