"""What Zendesk tells of tickets."""

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from experience_adapters.json_api import at, text_at
from symphainy.delivery import Callback, DeliveryEvent, Heard, Receipt
from symphainy.json import Json

__all__ = ["doubt", "heard"]

_LASTS = timedelta(minutes=5)
_TICKET = "zen:event-type:ticket."
_OURS = "dlv-"


def doubt(callback: Callback, secret: str) -> str | None:
    """Why Zendesk's signature does not hold; None if it does."""
    said = callback.headers.get("x-zendesk-webhook-signature-timestamp", "")
    given = callback.headers.get("x-zendesk-webhook-signature", "")
    moment = _moment(said)
    if moment is None or abs(callback.at - moment) > _LASTS:
        return "it was not signed within the last five minutes"
    right = b64encode(hmac.digest(secret.encode(), said.encode() + callback.body, sha256))
    return None if hmac.compare_digest(right, given.encode()) else "the signature is another"


def heard(callback: Callback) -> Heard:
    """What a genuine callback says: an event that the webhook subscribes to, or an object with a
    `ticket`, as triggers are written."""
    try:
        told = json.loads(callback.body)
    except (ValueError, RecursionError):
        return Heard()
    kind = text_at(told, "type") or ""
    ticket = at(told, "detail" if kind.startswith(_TICKET) else "ticket")
    if text_at(ticket, "id") is None:
        return Heard()
    event, data = _event(told, ticket, kind.removeprefix(_TICKET))
    return Heard(receipts=(_receipt(told, ticket, event, data, callback.at),))


def _event(told: Any, ticket: Any, kind: str) -> tuple[DeliveryEvent, dict[str, Json]]:
    status = (text_at(told, "event", "current") or text_at(ticket, "status") or "").lower()
    if kind == "comment_added":
        return _comment(at(told, "event", "comment"), text_at(ticket, "requester_id"))
    if kind in ("status_changed", "") and status == "solved":
        return "solved", {"status": status}
    return "updated", {"status": status} if kind in ("status_changed", "") else {"change": kind}


def _comment(comment: Any, requester: str | None) -> tuple[DeliveryEvent, dict[str, Json]]:
    data: dict[str, Json] = {
        "text": text_at(comment, "body") or "",
        "author": text_at(comment, "author", "name"),
        "public": at(comment, "is_public") is not False,
    }
    author = text_at(comment, "author", "id")
    asked = author is not None and author == requester
    outside = at(comment, "author", "is_staff") is False
    return "replied" if asked or outside else "updated", data


def _receipt(
    told: Any, ticket: Any, event: DeliveryEvent, data: dict[str, Json], now: datetime
) -> Receipt:
    id, name = text_at(ticket, "id"), text_at(ticket, "external_id") or ""
    return Receipt(
        event=event,
        at=_moment(text_at(told, "time") or "") or now,
        delivery=name.removeprefix(_OURS) if name.startswith(_OURS) else None,
        provider_id=id,
        # Zendesk tells again under the same name; a trigger has none, and tells once.
        dedupe=text_at(told, "id"),
        data={"ticket": id, **data},
    )


def _moment(said: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
