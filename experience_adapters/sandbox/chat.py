"""The sandbox for messages in conversations."""

from experience_adapters.rules.chat import flaws
from experience_adapters.sandbox.keeping import Keeping, spec_of
from symphainy.delivery import ChatMessage, Sending, SendResult

__all__ = ["SandboxChat"]

NOBODY = "sandbox"


class SandboxChat(Keeping):
    """The adapter of conversations of a platform that sends nothing."""

    spec = spec_of(
        "chat",
        "Keeps messages of conversations in the outbox instead of sending them.",
        "Writes every message of a conversation to the platform's outbox, one entry a delivery "
        "however often it is tried, with the answers it offers, and takes the settings of "
        "whichever adapter it stands in for.",
        features=("choices", "threads"),
    )

    def validate(self, message: ChatMessage) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: ChatMessage, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        return await self.keep(
            message,
            sending,
            kind="message",
            sender=message.sender or NOBODY,
            text=message.text,
            document=message.model_dump(mode="json", include={"choices", "thread"}),
        )

    async def find(self, message: ChatMessage, sending: Sending) -> SendResult | None:
        return await self.found(sending)
