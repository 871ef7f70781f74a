"""What HubSpot's answers prove about a record."""

from experience_adapters.exchange import readable, refusal
from experience_adapters.json_api import at, document, shown, text_at
from public_works.egress import EgressResponse
from symphainy.delivery import SendResult
from symphainy.json import Json

__all__ = ["created", "refused", "upserted"]

_LATER = frozenset({423, 477})
"""The record is locked, or the account moves between data centres."""


def upserted(answer: EgressResponse, kind: str) -> SendResult:
    """What it means for the record."""
    told = document(answer)
    id = text_at(told, "results", 0, "id")
    if answer.status in {200, 201} and id is not None:
        data: dict[str, Json] = {"record": id, "object": kind}
        new, url = at(told, "results", 0, "new"), text_at(told, "results", 0, "url")
        data |= {"created": new} if isinstance(new, bool) else {}
        data |= {"url": url} if url else {}
        return SendResult(outcome="accepted", provider_id=id, data=data)
    wrong = at(told, "errors", 0)
    if answer.status == 207 and wrong is not None:
        said = text_at(wrong, "message") or "it does not say what is wrong"
        return SendResult(outcome="rejected", code="delivery.refused", detail=readable(said))
    return refused(answer)


def created(answer: EgressResponse, record: str) -> SendResult:
    """What it means for the activity of a record."""
    id = text_at(document(answer), "id")
    if answer.status in {200, 201} and id is not None:
        data: dict[str, Json] = {"record": record, "activity": id}
        return SendResult(outcome="accepted", provider_id=id, data=data)
    return refused(answer)


def refused(answer: EgressResponse) -> SendResult:
    """What an answer that is no success means."""
    status = 429 if answer.status in _LATER else answer.status
    return refusal(status, shown(answer), answer.headers)
