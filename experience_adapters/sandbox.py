"""Keep messages in the outbox, where people read them instead of receiving them."""

import asyncio
from typing import Any

from experience_adapters.mail import flaws
from public_works.outbox import Outbox
from symphainy.catalog import AdapterSpec
from symphainy.delivery import AdapterFactory, EmailMessage, Sending, SendResult
from symphainy.errors import Unavailable, Unsure

__all__ = ["ADAPTERS", "SandboxEmail"]

NOBODY = "nobody@sandbox.invalid"
"""The sender where nobody set one: a sandbox works without settings."""

SPEC = AdapterSpec(
    name="sandbox",
    channel="email",
    version="1.0.0",
    summary="Keeps mails in the outbox instead of sending them.",
    description=(
        "Writes every mail to the platform's outbox, one entry a delivery however often it is "
        "tried, and takes the settings of whichever adapter it stands in for."
    ),
    settings={"type": "object"},
    promise="exactly once",
    finds=True,
    keyed=True,
    reconcile_seconds=0.0,
)


class SandboxEmail:
    """The mail adapter of a platform that sends nothing."""

    spec = SPEC

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def check(self) -> list[str]:
        try:
            await asyncio.to_thread(self._outbox.find, "", "")
        except Unavailable as error:
            return [error.message]
        return []

    def validate(self, message: EmailMessage) -> list[str]:
        return [one.message for one in flaws(message, message.sender or NOBODY)]

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        for flaw in flaws(message, message.sender or NOBODY):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        try:
            kept = await asyncio.to_thread(
                self._outbox.put,
                sending.tenant,
                delivery=sending.delivery,
                run=sending.run,
                step=sending.step,
                channel="email",
                to=message.to.address,
                sender=message.sender or NOBODY,
                subject=message.subject,
                text=message.text,
                html=message.html,
                headers={**message.headers, "X-Symphainy-Delivery": sending.delivery},
            )
        except Unavailable as error:
            return SendResult(outcome="retryable", code=error.code, detail=error.message)
        except Unsure as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        return SendResult(outcome="accepted", provider_id=kept.id)

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        try:
            kept = await asyncio.to_thread(self._outbox.find, sending.tenant, sending.delivery)
        except Unavailable as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        if kept is None:
            return SendResult(outcome="retryable", detail="the outbox does not have it")
        return SendResult(outcome="accepted", provider_id=kept.id)


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> SandboxEmail:
        return SandboxEmail(services[Outbox])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
