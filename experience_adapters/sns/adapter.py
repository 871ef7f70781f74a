"""The adapter of text messages for Amazon SNS."""

from datetime import UTC, datetime
from typing import Any

from experience_adapters.aws import Access, Answer, Aws
from experience_adapters.exchange import accepts, credentials, unanswered
from experience_adapters.sns.answers import settled
from experience_adapters.sns.request import parameters, wrongs
from experience_adapters.sns.spec import REGION, SECRET, SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Sending, SendResult, SmsMessage
from symphainy.errors import Ending, Refused
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["SnsSms"]


class SnsSms:
    """Speaks to SNS, with the credentials that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault
        self._aws = Aws(egress, settings.delivery_timeout)

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and SNS takes them."""
        try:
            answer = await self._ask(self._settings.tenant, {}, "get_sms_attributes", {})
        except Ending as error:
            return [error.message]
        if answer.status != 200:
            return [f"SNS answers {answer.status} {answer.error}: {answer.message}"]
        return []

    def validate(self, message: SmsMessage) -> list[str]:
        return [one.message for one in wrongs(message, self._sender(message))]

    async def send(self, message: SmsMessage, sending: Sending) -> SendResult:
        sender = self._sender(message)
        for flaw in wrongs(message, sender):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        given = parameters(message, sender, sending.settings)
        try:
            answer = await self._ask(sending.tenant, sending.settings, "publish", given)
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        return settled(answer)

    async def find(self, message: SmsMessage, sending: Sending) -> SendResult | None:
        return None

    async def _ask(
        self,
        tenant: str,
        settings: dict[str, Json],
        operation: str,
        given: dict[str, Any],
    ) -> Answer:
        endpoint = settings.get("endpoint")
        forbidden = accepts(self._egress, str(endpoint)) if endpoint is not None else None
        if forbidden is not None:
            raise forbidden
        part = SecretPart(secret=str(settings.get("secret") or SECRET))
        region = str(settings.get("region") or REGION)
        where = str(endpoint) if endpoint is not None else None
        access = Access.of(self._vault.read(tenant, part), region, where)
        return await self._aws.call(access, "sns", operation, given)

    def _sender(self, message: SmsMessage) -> str:
        return message.sender or self._settings.sms_from or ""
