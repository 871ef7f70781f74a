"""What SES tells about mails, by way of SNS."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from experience_adapters.aws_notifications import document
from experience_adapters.exchange import readable
from symphainy.delivery import Callback, DeliveryEvent, Heard, Receipt
from symphainy.json import Json, digest

__all__ = ["EVENTS", "heard", "notified"]

_EVENTS: dict[str, DeliveryEvent] = {
    "Send": "accepted",
    "Delivery": "delivered",
    "DeliveryDelay": "deferred",
    "Open": "opened",
    "Click": "clicked",
    "Bounce": "bounced_soft",
    "Bounce.Permanent": "bounced_hard",
    "Complaint": "complained",
    "Reject": "dropped",
    "Rendering Failure": "failed",
    "Subscription": "unsubscribed",
}
EVENTS: Mapping[str, DeliveryEvent] = MappingProxyType(_EVENTS)
"""What each of SES's events is here; a bounce that is permanent is one of its own."""

_SUPPRESS = {
    "bounced_hard": "bounced_hard",
    "complained": "complained",
    "unsubscribed": "opted_out",
}
_PARTS = {
    "DeliveryDelay": "deliveryDelay",
    "Rendering Failure": "failure",
}
_REASONS = (
    "diagnosticCode",
    "smtpResponse",
    "reason",
    "errorMessage",
    "delayType",
    "bounceSubType",
)


def notified(callback: Callback) -> dict[str, Any]:
    """What SES says in the notification; empty for what is none of SES's."""
    outer = document(callback)
    return _object(outer.get("Message")) if outer.get("Type") == "Notification" else {}


def heard(callback: Callback) -> Heard:
    """What a genuine notification says of mails that were sent."""
    told = notified(callback)
    mail = _dict(told.get("mail"))
    kind = str(told.get("eventType") or told.get("notificationType"))
    part = _dict(told.get(_PARTS.get(kind, kind.lower())))
    event = EVENTS.get(f"{kind}.{part.get('bounceType')}") or EVENTS.get(kind)
    if event is None or not (mail.get("messageId") or _delivery(mail)):
        return Heard()
    return Heard(receipts=(_receipt(callback, kind, event, part, mail),))


def _receipt(
    callback: Callback,
    kind: str,
    event: DeliveryEvent,
    part: dict[str, Any],
    mail: dict[str, Any],
) -> Receipt:
    id, said = mail.get("messageId"), part.get("timestamp")
    link = part.get("link")
    data: dict[str, Json] = {"url": link} if isinstance(link, str) else {}
    reason = _reason(part)
    return Receipt(
        event=event,
        at=_moment(said) or callback.at,
        delivery=_delivery(mail),
        provider_id=id if isinstance(id, str) and id else None,
        dedupe=digest([str(id), kind, str(said), str(link), sorted(_recipients(part))]),
        detail=readable(reason) if reason else None,
        suppress=_SUPPRESS.get(event),
        data=data,
    )


def _delivery(mail: dict[str, Any]) -> str | None:
    found = _dict(mail.get("tags")).get("delivery_id")
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, str) and first else None


def _people(part: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("bouncedRecipients", "complainedRecipients", "delayedRecipients")
    found: list[Any] = next((part[name] for name in names if isinstance(part.get(name), list)), [])
    return [one for one in found if isinstance(one, dict)]


def _recipients(part: dict[str, Any]) -> list[str]:
    return [str(one.get("emailAddress")) for one in _people(part)]


def _reason(part: dict[str, Any]) -> str | None:
    for holder in (*_people(part), part):
        for name in _REASONS:
            if isinstance(holder.get(name), str):
                return str(holder[name])
    return None


def _object(text: object) -> dict[str, Any]:
    try:
        return _dict(json.loads(text)) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
