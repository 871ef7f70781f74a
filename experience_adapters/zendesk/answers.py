"""What Zendesk's answers prove about a ticket."""

from typing import Any

from experience_adapters.exchange import refusal
from experience_adapters.json_api import at, document, shown, text_at
from public_works.egress import EgressResponse
from symphainy.delivery import SendResult
from symphainy.json import Json

__all__ = ["given", "in_use", "taken"]


def taken(answer: EgressResponse, base: str, *, opened: bool) -> SendResult:
    """What it means for the message."""
    told = document(answer)
    ticket, audit = at(told, "ticket"), text_at(told, "audit", "id")
    if answer.status in {200, 201} and text_at(ticket, "id") is not None:
        return given(ticket, None if opened else audit or "comment", base)
    if answer.status == 409:
        # Somebody changed the ticket since it was read.
        return refusal(429, shown(answer), answer.headers)
    return refusal(answer.status, shown(answer), answer.headers)


def given(ticket: Any, audit: str | None, base: str) -> SendResult:
    """Accepted: what opened the ticket is called as it is, what continued it after its audit."""
    id, status = text_at(ticket, "id") or "", text_at(ticket, "status")
    data: dict[str, Json] = {
        "ticket": id,
        "number": id,
        "url": f"{base}/agent/tickets/{id}",
        "status": status,
        "opened": audit is None,
    }
    name = id if audit is None else f"{id}/{audit}"
    return SendResult(outcome="accepted", provider_id=name, data=data)


def in_use(answer: EgressResponse) -> bool:
    """Whether the idempotency key has been used for another request."""
    words = answer.content[:2_000].decode("utf-8", "replace").lower()
    return answer.status in {400, 409, 422} and "idempoten" in words
