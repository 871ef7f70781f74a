"""The sandbox for mails."""

from experience_adapters.mail import flaws
from experience_adapters.sandbox.keeping import Keeping, spec_of
from symphainy.delivery import EmailMessage, Sending, SendResult

__all__ = ["SandboxEmail"]

NOBODY = "nobody@sandbox.invalid"
"""The sender where nobody set one: a sandbox works without settings."""


class SandboxEmail(Keeping):
    """The mail adapter of a platform that sends nothing."""

    spec = spec_of(
        "email",
        "Keeps mails in the outbox instead of sending them.",
        "Writes every mail to the platform's outbox, one entry a delivery however often it is "
        "tried, and takes the settings of whichever adapter it stands in for.",
    )

    def validate(self, message: EmailMessage) -> list[str]:
        return [one.message for one in flaws(message, message.sender or NOBODY)]

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        for flaw in flaws(message, message.sender or NOBODY):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        return await self.keep(
            message,
            sending,
            kind="mail",
            sender=message.sender or NOBODY,
            subject=message.subject,
            text=message.text,
            html=message.html,
            headers={**message.headers, "X-Symphainy-Delivery": sending.delivery},
        )

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        return await self.found(sending)
