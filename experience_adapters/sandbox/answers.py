"""The sandbox for answers to requests."""

import json

from experience_adapters.rules.answers import flaws
from experience_adapters.sandbox.keeping import Keeping, spec_of
from symphainy.delivery import ApiResponse, Sending, SendResult

__all__ = ["SandboxApi"]


class SandboxApi(Keeping):
    """Answers nobody, and keeps what it would have answered."""

    spec = spec_of(
        "api",
        "Keeps answers to requests in the outbox instead of giving them.",
        "Writes every answer to the platform's outbox, one entry a delivery however often it is "
        "tried, with its status, headers and body, and takes the settings of whichever adapter it "
        "stands in for.",
    )

    def validate(self, message: ApiResponse) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: ApiResponse, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        return await self.keep(
            message,
            sending,
            kind="answer",
            sender="",
            # The caller is no conversation: each answer is one by itself.
            thread=sending.delivery,
            subject=str(message.status),
            text=json.dumps(message.body),
            headers=dict(message.headers),
            document={"status": message.status, "body": message.body},
        )

    async def find(self, message: ApiResponse, sending: Sending) -> SendResult | None:
        return await self.found(sending)
