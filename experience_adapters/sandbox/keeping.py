"""What the sandboxes of all channels share: the outbox behind them."""

import asyncio
from typing import Any

from public_works.outbox import Outbox
from symphainy.catalog import AdapterSpec, Channel
from symphainy.delivery import Sending, SendResult
from symphainy.errors import Unavailable, Unsure

__all__ = ["Keeping", "spec_of"]


def spec_of(channel: Channel, summary: str, description: str) -> AdapterSpec:
    """A sandbox of that channel, which takes the settings of whichever adapter it stands in for."""
    return AdapterSpec(
        name="sandbox",
        channel=channel,
        version="1.0.0",
        summary=summary,
        description=description,
        settings={"type": "object"},
        promise="exactly once",
        finds=True,
        keyed=True,
        reconcile_seconds=0.0,
    )


class Keeping:
    """Keeps and finds messages."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def check(self) -> list[str]:
        try:
            await asyncio.to_thread(self._outbox.find, "", "")
        except Unavailable as error:
            return [error.message]
        return []

    async def keep(self, sending: Sending, **parts: Any) -> SendResult:
        """Put the message into the outbox, once a delivery."""
        of = {name: getattr(sending, name) for name in ("delivery", "run", "step")}
        try:
            kept = await asyncio.to_thread(self._outbox.put, sending.tenant, **of, **parts)
        except Unavailable as error:
            return SendResult(outcome="retryable", code=error.code, detail=error.message)
        except Unsure as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        return SendResult(outcome="accepted", provider_id=kept.id)

    async def found(self, sending: Sending) -> SendResult:
        """Whether the outbox has the delivery."""
        try:
            kept = await asyncio.to_thread(self._outbox.find, sending.tenant, sending.delivery)
        except Unavailable as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        if kept is None:
            return SendResult(outcome="retryable", detail="the outbox does not have it")
        return SendResult(outcome="accepted", provider_id=kept.id)
