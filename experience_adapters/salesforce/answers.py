"""What Salesforce's answers prove about a record."""

from typing import Any

from experience_adapters.exchange import readable, refusal
from experience_adapters.json_api import at, document, shown, text_at
from public_works.egress import EgressResponse
from symphainy.delivery import SendResult
from symphainy.json import Json

__all__ = ["composed", "refused", "upserted"]

_LATER = frozenset({"REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE", "UNABLE_TO_LOCK_ROW"})
_SEVERAL = "several records have that key: merge them, and make the field unique"


def upserted(answer: EgressResponse, known: str, **data: Json) -> SendResult:
    """What it means for the record, or the activity; `known` is how it is called where Salesforce
    does not say its id."""
    if answer.status not in {200, 201, 204}:
        return refused(answer)
    told = document(answer)
    id = text_at(told, "id")
    if answer.status != 204 and id is None:
        return refused(answer)
    made = at(told, "created")
    given: dict[str, Json] = {**data, **({"created": made} if isinstance(made, bool) else {})}
    if id is not None:
        given = {name: id if one is None else one for name, one in given.items()}
    lean = {name: one for name, one in given.items() if one is not None}
    return SendResult(outcome="accepted", provider_id=id or known, data=lean)


def composed(answer: EgressResponse, kind: str) -> SendResult:
    """What it means for both a record and its activity."""
    told = at(document(answer), "compositeResponse")
    if answer.status != 200 or not isinstance(told, list):
        return refused(answer)
    wrong = [one for one in told if at(one, "httpStatusCode") not in (200, 201, 204)]
    # All are undone, and each of the others says only that.
    first = [one for one in wrong if _code(at(one, "body")) != "PROCESSING_HALTED"] or wrong
    if first:
        return _failed(at(first[0], "httpStatusCode"), at(first[0], "body"))
    record, activity = (text_at(one, "body", "id") for one in told)
    data: dict[str, Json] = {"record": record, "object": kind, "activity": activity}
    made = at(told, 0, "body", "created")
    data |= {"created": made} if isinstance(made, bool) else {}
    return SendResult(outcome="accepted", provider_id=activity or record, data=data)


def refused(answer: EgressResponse) -> SendResult:
    """What an answer that is no success means."""
    if answer.status == 300:
        return SendResult(outcome="rejected", code="delivery.refused", detail=_SEVERAL)
    code = _code(document(answer))
    status = 429 if code in _LATER and answer.status < 500 else answer.status
    said = f"{code}: {shown(answer)}" if code else shown(answer)
    return refusal(status, said, answer.headers)


def _failed(status: Any, body: Any) -> SendResult:
    code, said = _code(body), readable(text_at(body, 0, "message") or "")
    if status == 300:
        return SendResult(outcome="rejected", code="delivery.refused", detail=_SEVERAL)
    if code in _LATER:
        return SendResult(outcome="retryable", code="delivery.busy", detail=f"{code}: {said}")
    return SendResult(outcome="rejected", code="delivery.refused", detail=f"{code}: {said}")


def _code(body: Any) -> str:
    return text_at(body, 0, "errorCode") or text_at(body, "errorCode") or ""
