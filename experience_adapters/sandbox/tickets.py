"""The sandbox for tickets of a help desk."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from experience_adapters.rules.tickets import flaws
from experience_adapters.sandbox.keeping import Keeping, spec_of
from public_works.outbox import OutboxMessage
from symphainy.delivery import Sending, SendResult, Ticket

__all__ = ["SandboxTicket"]

HELD = {"key", "name", "kind", "priority", "status", "public", "tags", "fields"}


class SandboxTicket(Keeping):
    """A help desk whose agents are whoever looks at the outbox."""

    spec = spec_of(
        "ticket",
        "Keeps tickets in the outbox instead of opening them in a help desk.",
        "Writes every message to the platform's outbox, one entry a delivery however often it is "
        "tried, and shows those of one `key` as one ticket, which can be answered and solved "
        "there. Takes the settings of whichever adapter it stands in for.",
    )

    def validate(self, message: Ticket) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: Ticket, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        thread = message.key or sending.delivery
        number = _number(sending.tenant, thread)
        return await self.keep(
            message,
            sending,
            kind="ticket",
            sender="",
            thread=thread,
            subject=message.subject,
            text=message.text,
            html=message.html,
            document={**message.model_dump(mode="json", include=HELD), "number": number},
        )

    async def find(self, message: Ticket, sending: Sending) -> SendResult | None:
        return await self.found(sending)

    def gives(self, kept: OutboxMessage) -> dict[str, Any]:
        """The number of the ticket, the same for all messages of its key."""
        return {"ticket": (kept.document or {}).get("number")}


def _number(tenant: str, thread: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{tenant}\n{thread}").int % 900_000 + 100_000)
