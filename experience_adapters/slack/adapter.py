"""The adapter for Slack: JSON over the guarded egress, one write a message.

Slack's own client is not used: it posts twice when a connection is lost.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from experience_adapters.exchange import accepts, credentials, unanswered
from experience_adapters.slack.answers import document, judged
from experience_adapters.slack.callbacks import distrust, heard
from experience_adapters.slack.request import DELIVERY, EVENT, body, wrongs
from experience_adapters.slack.spec import ENDPOINT, SECRET, SPEC
from public_works.egress import Egress, EgressResponse
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, ChatMessage, Heard, Sending, SendResult
from symphainy.errors import Ending, Refused
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["SlackChat"]

PAGES = 10
EARLIER = timedelta(minutes=1)
"""Slack's clock and ours differ."""
MEMBERS = ("U", "W")


class SlackChat:
    """Speaks to Slack, with the token that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault

    async def check(self) -> list[str]:
        """Whether the token of this platform's own tenant is there and good."""
        try:
            answer = await self._ask("GET", "auth.test", self._settings.tenant, {})
        except Ending as error:
            return [error.message]
        told = document(answer)
        if told is None or not told["ok"]:
            why = told.get("error") if told else answer.status
            return [f"Slack does not take the token: {why}"]
        return []

    def validate(self, message: ChatMessage) -> list[str]:
        return [one.message for one in wrongs(message)]

    async def send(self, message: ChatMessage, sending: Sending) -> SendResult:
        for flaw in wrongs(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        markdown = sending.settings.get("markdown") is True
        given = body(message, sending.delivery, markdown=markdown)
        try:
            answer = await self._ask(
                "POST", "chat.postMessage", sending.tenant, sending.settings, given=given
            )
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        return judged(answer)

    async def find(self, message: ChatMessage, sending: Sending) -> SendResult | None:
        try:
            return await self._found(message, sending)
        except Ending as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        secret = self._secret(about.tenant, about.settings, "signingSecret")
        return distrust(callback, secret)

    def parse(self, callback: Callback, about: Asking) -> Heard:
        return heard(callback)

    async def _found(self, message: ChatMessage, sending: Sending) -> SendResult:
        channel = await self._conversation(message.to.address, sending)
        if channel is None:
            return SendResult(outcome="unknown", detail="Slack does not open the conversation")
        thread = message.thread.rpartition(":")[2] if message.thread else None
        method = "conversations.replies" if thread else "conversations.history"
        params = {"channel": channel, "limit": "200", "include_all_metadata": "true"}
        if thread:
            params["ts"] = thread
        if sending.since is not None:
            params["oldest"] = f"{(sending.since - EARLIER).timestamp():.6f}"
        for _ in range(PAGES):
            answer = await self._ask("GET", method, sending.tenant, sending.settings, params=params)
            told = document(answer)
            if told is None or not told["ok"]:
                why = told.get("error") if told else answer.status
                return SendResult(outcome="unknown", detail=f"Slack does not tell: {why}")
            ts = _ours(told, sending.delivery)
            if ts is not None:
                return SendResult(outcome="accepted", provider_id=f"{channel}:{ts}")
            cursor = _cursor(told)
            if not cursor:
                return SendResult(outcome="retryable", detail="Slack does not have it")
            params["cursor"] = cursor
        return SendResult(outcome="unknown", detail="too much was written there since")

    async def _conversation(self, address: str, sending: Sending) -> str | None:
        """The conversation; with a member it has an id of its own."""
        if not address.startswith(MEMBERS):
            return address
        given = {"users": address}
        answer = await self._ask(
            "POST", "conversations.open", sending.tenant, sending.settings, given=given
        )
        channel = (document(answer) or {}).get("channel")
        found = channel.get("id") if isinstance(channel, dict) else None
        return found if isinstance(found, str) else None

    async def _ask(
        self,
        http: str,
        method: str,
        tenant: str,
        settings: Mapping[str, Json],
        *,
        params: Mapping[str, str] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> EgressResponse:
        endpoint = str(settings.get("endpoint") or ENDPOINT).rstrip("/")
        forbidden = accepts(self._egress, endpoint)
        if forbidden is not None:
            raise forbidden
        headers = {"authorization": f"Bearer {self._secret(tenant, settings, 'token')}"}
        content = None
        if given is not None:
            headers["content-type"] = "application/json; charset=utf-8"
            content = json.dumps(given, ensure_ascii=False).encode()
        return await self._egress.request(
            http,
            f"{endpoint}/{method}",
            headers=headers,
            content=content,
            params=params,
            timeout=self._settings.delivery_timeout,
        )

    def _secret(self, tenant: str, settings: Mapping[str, Json], part: str) -> str:
        name = str(settings.get("secret") or SECRET)
        found = self._vault.read(tenant, SecretPart(secret=name, path=(part,)))
        if not isinstance(found, str) or not found.isascii() or not found:
            raise Refused("secret.missing", f"`{part}` of the secret {name!r} is no text.")
        return found


def _ours(told: dict[str, Any], delivery: str) -> str | None:
    """When the message of that delivery was posted, if it is among those told."""
    messages = told.get("messages")
    for one in messages if isinstance(messages, list) else ():
        metadata = one.get("metadata") if isinstance(one, dict) else None
        if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT:
            continue
        payload = metadata.get("event_payload")
        if isinstance(payload, dict) and payload.get(DELIVERY) == delivery:
            return str(one.get("ts"))
    return None


def _cursor(told: dict[str, Any]) -> str | None:
    more = told.get("response_metadata")
    found = more.get("next_cursor") if isinstance(more, dict) else None
    return found if isinstance(found, str) else None
