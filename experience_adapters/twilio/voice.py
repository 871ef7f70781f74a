"""The adapter of phone calls for Twilio."""

from datetime import UTC, datetime

from experience_adapters.exchange import credentials, unanswered
from experience_adapters.twilio import placing, progress
from experience_adapters.twilio.account import Accounts, asked, refused
from experience_adapters.twilio.signature import doubted
from experience_adapters.twilio.voice_spec import VOICE
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, Heard, Sending, SendResult, VoiceCall
from symphainy.errors import Ending, Refused

__all__ = ["TwilioVoice"]

PAGE = 200
"""Calls in one answer, which the egress bounds."""
MOST = 1_000
"""Calls to one number that are looked through."""


class TwilioVoice:
    """Speaks to Twilio, with the credentials that the binding names."""

    spec = VOICE

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._vault = vault
        self._accounts = Accounts(settings, egress, vault)

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and Twilio takes them."""
        try:
            line, client = await self._accounts.open(self._settings.tenant, {})
            await asked(line, client.calls.page_async(page_size=1))
        except Ending as error:
            return [error.message]
        if line.answer is None or line.answer.status != 200:
            return [f"Twilio answers {refused(line).detail}"]
        return []

    def validate(self, message: VoiceCall) -> list[str]:
        return [one.message for one in placing.wrongs(message, self._sender(message))]

    async def send(self, message: VoiceCall, sending: Sending) -> SendResult:
        sender = self._sender(message)
        lacking = placing.unreachable(message, sending)
        for flaw in (*placing.wrongs(message, sender), *([lacking] if lacking else [])):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        given = placing.parameters(message, sender, sending)
        try:
            line, client = await self._accounts.open(sending.tenant, sending.settings)
            made = await asked(line, client.calls.create_async(**given))
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        return placing.taken(made) if made is not None else refused(line)

    async def find(self, message: VoiceCall, sending: Sending) -> SendResult | None:
        try:
            line, client = await self._accounts.open(sending.tenant, sending.settings)
            found = await asked(
                line, client.calls.list_async(to=message.to.address, limit=MOST, page_size=PAGE)
            )
        except Ending as error:
            return unanswered(error).model_copy(update={"outcome": "unknown"})
        if found is None:
            return refused(line).model_copy(update={"outcome": "unknown"})
        return placing.look(
            found, message, since=sending.since, others=sending.others, whole=len(found) < MOST
        )

    async def cancel(self, message: VoiceCall, sending: Sending, provider_id: str) -> SendResult:
        """Take back a call that nobody has answered yet."""
        try:
            line, client = await self._accounts.open(sending.tenant, sending.settings)
            call = await asked(line, client.calls(provider_id).update_async(status="canceled"))
        except Ending as error:
            return unanswered(error)
        if call is None:
            return refused(line)
        if str(call.status) == "canceled":
            return SendResult(outcome="accepted", provider_id=provider_id)
        if str(call.status) in ("queued", "ringing"):
            return SendResult(outcome="unknown", code="delivery.unknown", provider_id=provider_id)
        detail = f"the call is {call.status}"
        return SendResult(outcome="rejected", code="delivery.refused", detail=detail)

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        return await doubted(self._vault, callback, about)

    def parse(self, callback: Callback, about: Asking) -> Heard:
        return progress.heard(callback, about)

    def _sender(self, message: VoiceCall) -> str:
        return message.sender or self._settings.voice_from or ""
