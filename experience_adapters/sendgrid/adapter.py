"""The mail adapter for SendGrid: one POST of our own, with the library's idea of its body.

The library's client is not used: it sets no timeout, shares the headers of one request with the
next, and logs the key.
"""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from experience_adapters.exchange import accepts, credentials, readable, refusal, unanswered
from experience_adapters.mail import mailbox, message_id, with_reply_address
from experience_adapters.sendgrid import callbacks, inbound
from experience_adapters.sendgrid.request import body, wrongs
from experience_adapters.sendgrid.spec import ENDPOINT, SECRET, SPEC, WEBHOOK_SECRET
from public_works.egress import Egress, EgressResponse
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, EmailMessage, Heard, Sending, SendResult
from symphainy.errors import Ending, Refused
from symphainy.plan import SecretPart

__all__ = ["SendGridEmail"]


class SendGridEmail:
    """Speaks to SendGrid, with the key that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault

    async def check(self) -> list[str]:
        """Whether the key of this platform's own tenant is there and may send."""
        try:
            answer = await self._ask("GET", "/v3/scopes", self._settings.tenant, {}, None)
        except Ending as error:
            return [error.message]
        if answer.status != 200:
            return [f"SendGrid answers {answer.status}: {_said(answer)}"]
        if "mail.send" not in _scopes(answer):
            return ["SendGrid's key lacks the permission mail.send"]
        return []

    def validate(self, message: EmailMessage) -> list[str]:
        return [one.message for one in wrongs(message, self._sender(message))]

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        message = with_reply_address(message, sending)
        sender, sandbox = self._sender(message), sending.settings.get("sandbox") is True
        for flaw in wrongs(message, sender):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        document = body(message, sender=sender, delivery=sending.delivery, sandbox=sandbox)
        content = json.dumps(document, ensure_ascii=False).encode()
        try:
            answer = await self._ask(
                "POST", "/v3/mail/send", sending.tenant, sending.settings, content
            )
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        if answer.status != (200 if sandbox else 202):
            return refusal(answer.status, _said(answer), answer.headers)
        ours = message_id(sending.delivery, mailbox(sender).domain)
        return SendResult(
            outcome="accepted", provider_id=answer.headers.get("x-message-id") or ours
        )

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        return None

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        part = SecretPart(secret=str(about.settings.get("webhookSecret") or WEBHOOK_SECRET))
        secret = await asyncio.to_thread(self._vault.read, about.tenant, part)
        return callbacks.doubt(callback, callbacks.keys(secret))

    def parse(self, callback: Callback, about: Asking) -> Heard:
        if inbound.is_mail(callback):
            return inbound.heard(callback)
        return callbacks.heard(callback)

    async def _ask(
        self, method: str, path: str, tenant: str, settings: dict[str, Any], content: bytes | None
    ) -> EgressResponse:
        endpoint = str(settings.get("endpoint") or ENDPOINT).rstrip("/")
        forbidden = accepts(self._egress, endpoint)
        if forbidden is not None:
            raise forbidden
        part = SecretPart(secret=str(settings.get("secret") or SECRET))
        key = self._vault.read(tenant, part)
        if not isinstance(key, str):
            raise Refused("secret.missing", f"The secret {part.secret!r} is no text.")
        headers = {"authorization": f"Bearer {key}", "accept": "application/json"}
        if content is not None:
            headers["content-type"] = "application/json"
        return await self._egress.request(
            method,
            endpoint + path,
            headers=headers,
            content=content,
            timeout=self._settings.delivery_timeout,
        )

    def _sender(self, message: EmailMessage) -> str:
        return message.sender or self._settings.mail_from or ""


def _said(answer: EgressResponse) -> str:
    """The messages of SendGrid's errors, or what else it answered."""
    try:
        errors = json.loads(answer.content)["errors"]
        return "; ".join(str(one["message"]) for one in errors)
    except (ValueError, LookupError, TypeError):
        return readable(answer.content[:300].decode("utf-8", "replace"))


def _scopes(answer: EgressResponse) -> list[Any]:
    try:
        found = json.loads(answer.content)["scopes"]
    except (ValueError, LookupError, TypeError):
        return []
    return found if isinstance(found, list) else []
