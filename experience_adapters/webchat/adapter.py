"""Messages into sessions."""

from experience_adapters.rules import chat
from experience_adapters.webchat.spec import SPEC
from symphainy.delivery import ChatMessage, Sending, SendResult
from symphainy.errors import Refused, Unavailable, Unsure
from symphainy.session import Address, Conversations, Kept

__all__ = ["CHANNEL", "WebChat"]

CHANNEL = "web"
PRODUCTION = "production"


class WebChat:
    """The chat whose other end is our own widget."""

    spec = SPEC

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def check(self) -> list[str]:
        """See Adapter."""
        address = Address("symphainy.check", PRODUCTION, anonymous="check")
        try:
            await self._conversations.said("", address, "")
        except Unavailable as error:
            return [error.message]
        return []

    def validate(self, message: ChatMessage) -> list[str]:
        """See Adapter."""
        return [one.message for one in chat.flaws(message)]

    async def send(self, message: ChatMessage, sending: Sending) -> SendResult:
        """See Adapter."""
        for flaw in chat.flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        try:
            kept = await self._conversations.say(
                sending.tenant,
                _address(message, sending),
                id=sending.delivery,
                text=message.text,
                choices=message.choices,
                channel=CHANNEL,
                run=sending.run,
            )
        except Refused as error:
            outcome = "retryable" if error.code == "session.busy" else "rejected"
            return SendResult(outcome=outcome, code=error.code, detail=error.message)
        except Unavailable as error:
            return SendResult(
                outcome="retryable",
                code=error.code,
                detail=error.message,
                retry_after=error.retry_after,
            )
        except Unsure as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        return _accepted(kept)

    async def find(self, message: ChatMessage, sending: Sending) -> SendResult | None:
        """See Adapter."""
        try:
            kept = await self._conversations.said(
                sending.tenant, _address(message, sending), sending.delivery
            )
        except Refused as error:
            return SendResult(outcome="rejected", code=error.code, detail=error.message)
        except Unavailable as error:
            return SendResult(outcome="unknown", code=error.code, detail=error.message)
        if kept is None:
            # One that is on its way into the transcript is put there once all the same.
            return SendResult(outcome="retryable", detail="the session does not have it")
        return _accepted(kept)


def _accepted(kept: Kept) -> SendResult:
    return SendResult(
        outcome="accepted",
        provider_id=f"{kept.session}#{kept.seq}",
        data={"session": kept.session, "seq": kept.seq},
    )


def _address(message: ChatMessage, sending: Sending) -> Address:
    """The session that is meant: the one that the message names, or the customer's.

    Refused `session.unknown` for one with another solution, or in another environment.
    """
    solution, _, key = sending.run.partition(":")
    environment = key.partition("@")[2] or PRODUCTION
    to = message.to
    if to.address == to.customer and not to.address.startswith(f"{solution}:"):
        return Address(solution, environment, customer=to.customer)
    address = Address.of(to.address)
    if (address.solution, address.environment) != (solution, environment):
        raise Refused("session.unknown", f"{solution} has no session {to.address[:80]!r} here")
    return address
