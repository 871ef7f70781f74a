"""The sandbox for phone calls."""

from collections.abc import Iterator, Sequence

from experience_adapters.rules.calls import flaws
from experience_adapters.sandbox.keeping import Keeping, spec_of
from symphainy.delivery import Gather, Say, Sending, SendResult, Step, Transfer, VoiceCall

__all__ = ["SandboxVoice"]

NOBODY = "sandbox"
HELD = {"script", "language", "machine", "message", "ring_seconds"}


class SandboxVoice(Keeping):
    """Calls nobody: a phone in the outbox rings instead."""

    spec = spec_of(
        "voice",
        "Keeps calls in the outbox, where a simulated phone rings.",
        "Writes every call to the platform's outbox, one entry a delivery however often it is "
        "tried. On its page a phone rings: whoever looks answers it or does not, hears the "
        "script as text, presses keys, speaks, hangs up, takes a transfer; each is told as a "
        "provider would tell it. Takes the settings of whichever adapter it stands in for.",
        features=("gather", "machine", "play", "questions", "speech", "transfer"),
    )

    def validate(self, message: VoiceCall) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: VoiceCall, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        return await self.keep(
            message,
            sending,
            kind="call",
            sender=message.sender or NOBODY,
            text="\n".join(_said(message.script)),
            document=message.model_dump(mode="json", include=HELD),
        )

    async def find(self, message: VoiceCall, sending: Sending) -> SendResult | None:
        return await self.found(sending)


def _said(script: Sequence[Step]) -> Iterator[str]:
    """What is said until somebody has to do something."""
    for one in script:
        if isinstance(one, Say):
            yield one.text
        elif isinstance(one, Gather):
            yield from _said(one.prompt)
        if isinstance(one, Gather | Transfer):
            return
