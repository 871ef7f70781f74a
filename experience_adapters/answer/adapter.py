"""The adapter for callers of a solution's own endpoints."""

import asyncio
from datetime import UTC, datetime

from experience_adapters.answer.spec import SECRET, SPEC
from experience_adapters.exchange import credentials
from experience_adapters.flaw import Flaw
from experience_adapters.rules.answers import flaws
from experience_adapters.signed_post import body, keys, post
from public_works.answers import Answers, ApiAnswer
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import ApiResponse, Sending, SendResult
from symphainy.errors import Refused, Unavailable, Unsure
from symphainy.plan import SecretPart
from symphainy.schema import mismatches

__all__ = ["RunAnswer"]

ANSWERED = "api.answered"
"""The type of the event that a posted answer is."""


class RunAnswer:
    """Keeps the answer of a run where its request looks for it, and posts it where that asked."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault, answers: Answers) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault
        self._answers = answers

    async def check(self) -> list[str]:
        """Whether answers can be kept."""
        try:
            await asyncio.to_thread(self._answers.get, self._settings.tenant, "", "")
        except Unavailable as error:
            return [error.message]
        return []

    def validate(self, message: ApiResponse) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: ApiResponse, sending: Sending) -> SendResult:
        for flaw in (*flaws(message), *_broken(message, sending)):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        try:
            kept = await asyncio.to_thread(self._given, message, sending)
        except Unavailable as error:
            return SendResult(outcome="retryable", code=error.code, detail=error.message)
        except Unsure as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        if kept.delivery != sending.delivery:
            detail = f"the delivery {kept.delivery} answered this request before"
            return SendResult(outcome="rejected", code="delivery.answered", detail=detail)
        if kept.calls_back is None:
            return SendResult(outcome="accepted", provider_id=sending.delivery)
        return await self._posted(kept, kept.calls_back, sending)

    async def find(self, message: ApiResponse, sending: Sending) -> SendResult | None:
        return None

    def _given(self, message: ApiResponse, sending: Sending) -> ApiAnswer:
        return self._answers.give(
            sending.tenant,
            sending.run,
            sending.binding,
            delivery=sending.delivery,
            status=message.status,
            body=message.body,
            headers=message.headers,
        )

    async def _posted(self, kept: ApiAnswer, url: str, sending: Sending) -> SendResult:
        part = SecretPart(secret=str(sending.settings.get("secret") or SECRET))
        try:
            secrets = keys(await asyncio.to_thread(self._vault.read, sending.tenant, part))
        except Refused as error:
            return credentials(error)
        told = kept.model_dump(mode="json", include={"run", "status", "headers", "body"})
        content = body(ANSWERED, told, kept.answered or datetime.now(UTC))
        limit = self._settings.delivery_timeout
        return await post(self._egress, url, content, sending, secrets, timeout=limit)


def _broken(message: ApiResponse, sending: Sending) -> list[Flaw]:
    """Where the answer is not what the endpoint says that it answers."""
    schema = sending.settings.get("response")
    if not isinstance(schema, dict) or message.status >= 300:
        return []
    return [
        Flaw("delivery.refused", f"body{one.pointer}: {one.message}")
        for one in mismatches(schema, message.body)
    ]
