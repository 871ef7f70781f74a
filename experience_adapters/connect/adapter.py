"""The adapter of phone calls for Amazon Connect."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from experience_adapters import addresses, aws_notifications
from experience_adapters.aws import Access, Answer, Aws
from experience_adapters.connect import attributes, callbacks
from experience_adapters.connect.answers import settled
from experience_adapters.connect.spec import REGION, SECRET, SPEC
from experience_adapters.exchange import accepts, credentials, unanswered
from experience_adapters.flaw import Flaw
from experience_adapters.rules import calls
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, Heard, Sending, SendResult, VoiceCall
from symphainy.errors import Ending, Refused
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["ConnectVoice"]


class ConnectVoice:
    """Speaks to Amazon Connect, with the credentials that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault
        self._aws = Aws(egress, settings.delivery_timeout)

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and AWS takes them."""
        given = {"MaxResults": 1}
        try:
            answer = await self._ask(self._settings.tenant, {}, "list_instances", given)
        except Ending as error:
            return [error.message]
        if answer.status != 200:
            return [f"Amazon Connect answers {answer.status} {answer.error}: {answer.message}"]
        return []

    def validate(self, message: VoiceCall) -> list[str]:
        return [one.message for one in self._wrongs(message)]

    async def send(self, message: VoiceCall, sending: Sending) -> SendResult:
        sender = self._sender(message)
        for flaw in (*self._wrongs(message), *_bound(sender, sending.settings)):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        given = _parameters(message, sender, sending)
        operation = "start_outbound_voice_contact"
        try:
            answer = await self._ask(sending.tenant, sending.settings, operation, given)
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        return settled(answer)

    async def find(self, message: VoiceCall, sending: Sending) -> SendResult | None:
        return None

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        part = SecretPart(secret=str(about.settings.get("secret") or SECRET))
        secret = await asyncio.to_thread(self._vault.read, about.tenant, part)
        notifications = aws_notifications.of(self._egress, self._settings.delivery_timeout)
        return await notifications.doubt(callback, aws_notifications.topics(secret))

    def parse(self, callback: Callback, about: Asking) -> Heard:
        return callbacks.heard(callback)

    async def _ask(
        self, tenant: str, settings: dict[str, Json], operation: str, given: dict[str, Any]
    ) -> Answer:
        endpoint = settings.get("endpoint")
        where = str(endpoint) if endpoint is not None else None
        forbidden = accepts(self._egress, where) if where is not None else None
        if forbidden is not None:
            raise forbidden
        part = SecretPart(secret=str(settings.get("secret") or SECRET))
        region = str(settings.get("region") or REGION)
        access = Access.of(await asyncio.to_thread(self._vault.read, tenant, part), region, where)
        return await self._aws.call(access, "connect", operation, given)

    def _wrongs(self, message: VoiceCall) -> list[Flaw]:
        return calls.flaws(message) or attributes.flaws(message)

    def _sender(self, message: VoiceCall) -> str:
        return message.sender or self._settings.voice_from or ""


def _bound(sender: str, settings: dict[str, Json]) -> list[Flaw]:
    """What the binding lacks."""
    if not settings.get("instance") or not settings.get("flow"):
        return [Flaw("delivery.arguments", "the binding names no `instance` and `flow`")]
    if sender and addresses.phone(sender):
        said = f"Amazon Connect cannot call from {sender!r}: it is no phone number in E.164"
        return [Flaw("delivery.sender", said)]
    if not sender and not settings.get("queue"):
        said = "Amazon Connect calls from a number (`from`) or from that of a `queue`"
        return [Flaw("delivery.sender", said)]
    return []


def _parameters(message: VoiceCall, sender: str, sending: Sending) -> dict[str, Any]:
    """The arguments of `StartOutboundVoiceContact`."""
    settings = sending.settings
    given: dict[str, Any] = {
        "InstanceId": settings["instance"],
        "ContactFlowId": settings["flow"],
        "DestinationPhoneNumber": message.to.address,
        "ClientToken": sending.delivery,
        "RingTimeoutInSeconds": message.ring_seconds,
        "Attributes": attributes.attributes(message, sending.delivery),
    }
    named = {"SourcePhoneNumber": sender, "QueueId": settings.get("queue")}
    given |= {name: value for name, value in named.items() if value}
    if settings.get("campaign"):
        given["CampaignId"] = settings["campaign"]
    if message.machine != "ignore":
        given["TrafficType"] = "CAMPAIGN"
        given["AnswerMachineDetectionConfig"] = {
            "EnableAnswerMachineDetection": True,
            "AwaitAnswerMachinePrompt": message.machine == "leave message",
        }
    return given
