"""The sandbox for text messages."""

from experience_adapters.sandbox.keeping import Keeping, spec_of
from experience_adapters.texts import flaws, segments
from symphainy.delivery import Sending, SendResult, SmsMessage

__all__ = ["SandboxSms"]

NOBODY = "sandbox"


class SandboxSms(Keeping):
    """The adapter of text messages of a platform that sends nothing."""

    spec = spec_of(
        "sms",
        "Keeps text messages in the outbox instead of sending them.",
        "Writes every text message to the platform's outbox, one entry a delivery however often "
        "it is tried, with the number of parts that networks would cut it into, and takes the "
        "settings of whichever adapter it stands in for.",
    )

    def validate(self, message: SmsMessage) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: SmsMessage, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        return await self.keep(
            message,
            sending,
            kind="text message",
            sender=message.sender or NOBODY,
            text=message.text,
            headers={"Parts": str(segments(message.text))},
        )

    async def find(self, message: SmsMessage, sending: Sending) -> SendResult | None:
        return await self.found(sending)
