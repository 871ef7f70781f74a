"""What the sandboxes of all channels share: the outbox behind them, and its callbacks."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from public_works.outbox import Outbox, OutboxMessage
from public_works.seal import Seal
from symphainy.catalog import AdapterSpec, Channel
from symphainy.delivery import Asking, Callback, Heard, Message, Sending, SendResult
from symphainy.errors import Unavailable, Unsure

__all__ = ["Keeping", "spec_of"]

SAID = (
    ("The outbox has the message.", "accepted", "Look at it on the page Outbox."),
    ("The message is one that no provider takes.", "rejected", "Correct what `detail` names."),
    ("The database does not answer.", "retryable", "Nothing: it is tried again."),
    ("The database went away while it wrote.", "unknown", "Nothing: the outbox is asked."),
)

_WORDS = ("unsubscribed", "resubscribed")
_WRITTEN = ("deferred", "delivered", "opened", "clicked", "replied", "bounced_hard", "dropped")
_CALL = (
    "answered",
    "machine_answered",
    "gathered",
    "transferred",
    "no_answer",
    "busy",
    "completed",
)
TELLS: Mapping[Channel, tuple[str, ...]] = MappingProxyType(
    {
        "email": (*_WRITTEN, "complained"),
        "sms": ("deferred", "delivered", "replied", "bounced_hard", "failed", *_WORDS),
        "voice": (*_CALL, "failed"),
        "chat": ("delivered", "opened", "replied", "failed"),
        "crm": ("updated", "failed"),
        "ticket": ("updated", "replied", "solved", "failed"),
        "webhook": ("deferred", "delivered", "bounced_hard", "failed"),
        "api": ("delivered", "failed"),
    }
)
"""What whoever plays the receiver can make happen."""


def spec_of(
    channel: Channel, summary: str, description: str, *, features: tuple[str, ...] = ()
) -> AdapterSpec:
    """A sandbox of that channel, which takes the settings of whichever adapter it stands in for."""
    return AdapterSpec(
        name="sandbox",
        channel=channel,
        version="1.1.0",
        summary=summary,
        description=description,
        settings={"type": "object"},
        promise="exactly once",
        finds=True,
        keyed=True,
        reconcile_seconds=0.0,
        region="here",
        receives=True,
        tells=TELLS[channel],
        cancels=True,
        features=features,
        setup="Nothing has to be set up: the sandbox sends nothing. What becomes of its messages "
        "is said by whoever plays the receiver, on the page Outbox or with "
        "`POST /v1/outbox/{message}/acts`; it comes back through the same route as the callbacks "
        "of providers, signed with a key of the installation.",
        said=SAID,
    )


class Keeping:
    """Keeps, finds and takes back messages, and believes callbacks of the outbox."""

    def __init__(self, outbox: Outbox, seal: Seal) -> None:
        self._outbox = outbox
        self._seal = seal

    async def check(self) -> list[str]:
        try:
            await asyncio.to_thread(self._outbox.find, "", "")
        except Unavailable as error:
            return [error.message]
        return []

    async def keep(self, message: Message, sending: Sending, **parts: Any) -> SendResult:
        """Put the message into the outbox, once a delivery."""
        of = {name: getattr(sending, name) for name in ("delivery", "run", "step")}
        about: dict[str, Any] = {
            "channel": message.channel,
            "to": message.to.address,
            "customer": message.to.customer,
            "experience": sending.binding,
            "thread": message.to.address,
            "subject": "",
            "html": None,
            "headers": {},
        }
        kept = {**about, **of, **parts}
        try:
            told = await asyncio.to_thread(self._outbox.put, sending.tenant, **kept)
        except Unavailable as error:
            return SendResult(outcome="retryable", code=error.code, detail=error.message)
        except Unsure as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        return self._accepted(told)

    async def found(self, sending: Sending) -> SendResult:
        """Whether the outbox has the delivery."""
        try:
            kept = await asyncio.to_thread(self._outbox.find, sending.tenant, sending.delivery)
        except Unavailable as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        if kept is None:
            return SendResult(outcome="retryable", detail="the outbox does not have it")
        return self._accepted(kept)

    async def cancel(self, message: Any, sending: Sending, provider_id: str) -> SendResult:
        """See `Canceling`: what nobody has done anything with is taken back."""
        act = {"act": "cancel", "at": None}
        try:
            done = await asyncio.to_thread(self._outbox.act, sending.tenant, provider_id, act, 0)
        except Unavailable as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        if done is None:
            return SendResult(outcome="rejected", detail="it has happened already")
        return SendResult(outcome="accepted", provider_id=provider_id)

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        return self._seal.doubt(about.tenant, callback.headers, callback.body, callback.at)

    def parse(self, callback: Callback, about: Asking) -> Heard:
        """The outbox says it in the platform's own words."""
        try:
            told = Heard.model_validate_json(callback.body)
        except ValidationError:
            return Heard()
        return Heard(receipts=told.receipts, inbound=told.inbound)

    def _accepted(self, kept: OutboxMessage) -> SendResult:
        return SendResult(outcome="accepted", provider_id=kept.id, data=self.gives(kept))

    def gives(self, kept: OutboxMessage) -> dict[str, Any]:
        """What the step gives besides; adapters of records say which."""
        return {}
