"""The sandbox for events."""

import base64
from datetime import UTC, datetime

from experience_adapters.rules.events import flaws
from experience_adapters.sandbox.keeping import Keeping, spec_of
from experience_adapters.signed_post import body, headers
from symphainy.delivery import Sending, SendResult, WebhookEvent

__all__ = ["SandboxWebhook"]


class SandboxWebhook(Keeping):
    """Posts to nobody, and keeps the request."""

    spec = spec_of(
        "webhook",
        "Keeps events in the outbox instead of posting them.",
        "Writes every event to the platform's outbox as the request that it would be, with its "
        "headers and a signature by Standard Webhooks, one entry a delivery however often it is "
        "tried, and takes the settings of whichever adapter it stands in for. The outbox shows "
        "the secret of the sandbox, and posts a request for real on demand.",
    )

    def validate(self, message: WebhookEvent) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: WebhookEvent, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        now = datetime.now(UTC)
        content = body(message.type, message.data, sending.since or now)
        secret = "whsec_" + base64.b64encode(self._seal.secret(sending.tenant)).decode()
        return await self.keep(
            message,
            sending,
            kind="event",
            sender="",
            subject=message.type,
            text=content.decode(),
            headers=headers(content, sending.delivery, (secret,), now),
            document={"type": message.type, "data": message.data},
        )

    async def find(self, message: WebhookEvent, sending: Sending) -> SendResult | None:
        return await self.found(sending)
