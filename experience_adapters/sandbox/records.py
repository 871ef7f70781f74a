"""The sandbox for records of a CRM."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from experience_adapters.rules.records import flaws
from experience_adapters.sandbox.keeping import Keeping, spec_of
from public_works.outbox import OutboxMessage
from symphainy.delivery import CrmUpdate, Sending, SendResult
from symphainy.delivery.records import TOGETHER

__all__ = ["SandboxCrm"]


class SandboxCrm(Keeping):
    """A CRM whose records are what the messages about them make of them."""

    spec = spec_of(
        "crm",
        "Keeps records and activities in the outbox instead of writing them to a CRM.",
        "Writes every update to the platform's outbox, one entry a delivery however often it is "
        "tried, and shows the record that all updates of its key make, with its activities. "
        "Takes the settings of whichever adapter it stands in for.",
        features=(TOGETHER,),
    )

    def validate(self, message: CrmUpdate) -> list[str]:
        return [one.message for one in flaws(message)]

    async def send(self, message: CrmUpdate, sending: Sending) -> SendResult:
        for flaw in flaws(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        activity = message.activity
        return await self.keep(
            message,
            sending,
            kind="record",
            sender="",
            thread=_thread(message.object, message.key.property, message.key.value),
            subject=(activity.subject if activity else None) or "",
            text=activity.text if activity else "",
            document=message.model_dump(
                mode="json", include={"object", "key", "properties", "activity"}
            ),
        )

    async def find(self, message: CrmUpdate, sending: Sending) -> SendResult | None:
        return await self.found(sending)

    def gives(self, kept: OutboxMessage) -> dict[str, Any]:
        """The id of the record, the same for all updates of its key."""
        document = kept.document or {}
        key = document.get("key", {})
        thread = _thread(document.get("object"), key.get("property"), key.get("value"))
        return {"record": uuid5(NAMESPACE_URL, f"{kept.tenant}\n{thread}").hex}


def _thread(*parts: str | None) -> str:
    return "\n".join(one or "" for one in parts)
