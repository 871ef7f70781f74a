"""What Amazon Connect tells of calls, by way of EventBridge and SNS."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from experience_adapters.aws_notifications import document
from symphainy.delivery import Callback, DeliveryEvent, Heard, Receipt
from symphainy.json import Json

__all__ = ["heard"]

_CONTACT = "Amazon Connect Contact Event"
_ANSWER = "Symphainy Answer"
_UNANSWERED: Mapping[str, DeliveryEvent] = {
    "TELECOM_BUSY": "busy",
    "TELECOM_UNANSWERED": "no_answer",
    "TELECOM_TIMEOUT": "no_answer",
    "TELECOM_ORIGINATOR_CANCEL": "no_answer",
    "RING_NO_ANSWER": "no_answer",
}
_MACHINES = frozenset({"VOICEMAIL_BEEP", "VOICEMAIL_NO_BEEP", "FAX_MACHINE_DETECTED"})
_SUPPRESS = {"TELECOM_NUMBER_INVALID": "unknown_destination"}


def heard(callback: Callback) -> Heard:
    """What a genuine notification says."""
    outer = document(callback)
    told = _object(outer.get("Message")) if outer.get("Type") == "Notification" else {}
    detail = told.get("detail")
    if not isinstance(detail, dict) or not isinstance(detail.get("contactId"), str):
        return Heard()
    at = _moment(told.get("time")) or callback.at
    if told.get("detail-type") == _CONTACT:
        return Heard(receipts=tuple(_events(detail, at)))
    if told.get("detail-type") == _ANSWER:
        return Heard(receipts=tuple(_answers(detail, at)))
    return Heard()


def _events(detail: dict[str, Any], at: datetime) -> list[Receipt]:
    kind, by = detail.get("eventType"), str(detail.get("answeringMachineDetectionStatus"))
    if kind == "INITIATED":
        return [_receipt(detail, "sent", at)]
    if kind == "CONNECTED_TO_SYSTEM":
        answered = [_receipt(detail, "answered", at)]
        machine = _receipt(detail, "machine_answered", at, {"answeredBy": by.lower()})
        return [*answered, machine] if by in _MACHINES else answered
    return [_ended(detail, at)] if kind == "DISCONNECTED" else []


def _ended(detail: dict[str, Any], at: datetime) -> Receipt:
    reason = str(detail.get("disconnectReason") or "")
    began = _moment(detail.get("connectedToSystemTimestamp"))
    if began is None:
        event = _UNANSWERED.get(reason, "failed")
        return _receipt(detail, event, at, detail=reason, suppress=_SUPPRESS.get(reason))
    ended = _moment(detail.get("disconnectTimestamp")) or at
    seconds = max(0, round((ended - began).total_seconds()))
    return _receipt(detail, "completed", at, {"seconds": seconds}, detail=reason)


def _answers(detail: dict[str, Any], at: datetime) -> list[Receipt]:
    number, name, digits = (detail.get(one) for one in ("transferred", "name", "digits"))
    if isinstance(number, str):
        return [_receipt(detail, "transferred", at, {"to": number})]
    if isinstance(name, str) and isinstance(digits, str) and digits:
        return [_receipt(detail, "gathered", at, {"name": name, "digits": digits})]
    return []


def _receipt(
    told: dict[str, Any],
    event: DeliveryEvent,
    at: datetime,
    data: dict[str, Json] | None = None,
    *,
    detail: str = "",
    suppress: str | None = None,
) -> Receipt:
    delivery = told.get("delivery")
    return Receipt(
        event=event,
        at=at,
        delivery=delivery if isinstance(delivery, str) and delivery else None,
        provider_id=told["contactId"],
        # Of a contact each happens once.
        dedupe=event,
        detail=detail[:80] or None,
        suppress=suppress,
        data=data or {},
    )


def _object(text: object) -> dict[str, Any]:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
