"""The adapter for servers of clients and partners: Standard Webhooks 1.0.0."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from experience_adapters.exchange import credentials
from experience_adapters.rules.events import flaws, named
from experience_adapters.signed_post import body, keys, post
from experience_adapters.webhooks.spec import SECRET, SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from public_works.webhooks import Webhook, Webhooks
from symphainy.delivery import Sending, SendResult, WebhookEvent
from symphainy.errors import Refused, Unavailable
from symphainy.plan import SecretPart

__all__ = ["WebhookPost"]


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """Where an event goes, and what it is signed with."""

    url: str
    secrets: tuple[str, ...]
    known: Webhook | None


class WebhookPost:
    """Posts to the endpoint that the message names, with the secrets of that endpoint."""

    spec = SPEC

    def __init__(
        self, settings: Settings, egress: Egress, vault: Vault, webhooks: Webhooks
    ) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault
        self._webhooks = webhooks

    async def check(self) -> list[str]:
        """Whether the register of endpoints is there: there is no provider to ask."""
        try:
            await asyncio.to_thread(self._webhooks.list, self._settings.tenant, None, 1)
        except Unavailable as error:
            return [error.message]
        return []

    def validate(self, message: WebhookEvent) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: WebhookEvent, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        now = datetime.now(UTC)
        if sending.not_after is not None and now > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        try:
            there = await asyncio.to_thread(self._endpoint, message.to.address, sending)
        except Unavailable as error:
            return SendResult(outcome="retryable", code=error.code, detail=error.message)
        except Refused as error:
            if error.code.startswith("secret."):
                return credentials(error)
            return SendResult(outcome="rejected", code=error.code, detail=error.message)
        content = body(message.type, message.data, sending.since or now)
        limit = self._timeout(sending)
        result = await post(self._egress, there.url, content, sending, there.secrets, timeout=limit)
        if result.code == "delivery.endpoint-gone":
            await asyncio.to_thread(self._disable, there, sending.tenant, result.detail or "410")
        return result

    async def find(self, message: WebhookEvent, sending: Sending) -> SendResult | None:
        return None

    def _timeout(self, sending: Sending) -> float:
        said = sending.settings.get("timeout")
        return float(said) if isinstance(said, int | float) else self._settings.delivery_timeout

    def _endpoint(self, address: str, sending: Sending) -> _Endpoint:
        tenant = sending.tenant
        if not named(address):
            known = self._webhooks.at(tenant, address)
            _wanted(known)
            part = SecretPart(secret=str(sending.settings.get("secret") or SECRET))
            return _Endpoint(address, keys(self._vault.read(tenant, part)), None)
        known = self._webhooks.get(tenant, address)
        if known is None:
            raise Refused(
                "delivery.address",
                f"there is no endpoint {address!r}: make it with POST /v1/webhooks",
            )
        _wanted(known)
        secrets = self._webhooks.secrets(tenant, address)
        if not secrets:
            message = f"The endpoint {address} has no secret: POST /v1/webhooks/{address}/rotate"
            raise Refused("secret.missing", message)
        return _Endpoint(known.url, secrets, known)

    def _disable(self, there: _Endpoint, tenant: str, why: str) -> None:
        reason = f"the server answered {why}"
        if there.known is not None:
            self._webhooks.enable(tenant, there.known.id, False, reason)
        else:
            self._webhooks.gone(tenant, there.url, reason)


def _wanted(known: Webhook | None) -> None:
    if known is not None and not known.enabled:
        raise Refused(
            "delivery.endpoint-gone",
            f"the endpoint {known.id} is disabled ({known.reason or 'by hand'}): enable it with "
            f"POST /v1/webhooks/{known.id}/enable",
        )
