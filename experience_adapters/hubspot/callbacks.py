"""What HubSpot tells of records that somebody changed."""

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from experience_adapters.exchange import readable
from experience_adapters.json_api import text_at
from symphainy.delivery import Callback, Heard, Receipt
from symphainy.json import Json

__all__ = ["doubt", "heard"]

_LASTS = timedelta(minutes=5)
_DECODED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip
"""What HubSpot signs decoded, however it writes the URL."""
_INTEGRATIONS = frozenset({"API", "INTEGRATION"})


def doubt(callback: Callback, secret: str) -> str | None:
    """Why HubSpot's signature, version 3, does not hold; None if it does."""
    said = callback.headers.get("x-hubspot-request-timestamp", "")
    given = callback.headers.get("x-hubspot-signature-v3", "")
    moment = _moment(said) if said.isascii() and said.isdigit() else None
    if moment is None or abs(callback.at - moment) > _LASTS:
        return "it was not signed within the last five minutes"
    words = f"{callback.method}{_decoded(callback.url)}".encode() + callback.body + said.encode()
    right = b64encode(hmac.digest(secret.encode(), words, sha256))
    return None if hmac.compare_digest(right, given.encode()) else "the signature is another"


def heard(callback: Callback) -> Heard:
    """What a genuine callback says; of changes that integrations made, nothing."""
    try:
        told = json.loads(callback.body)
    except (ValueError, RecursionError):
        return Heard()
    found = (_receipt(one, callback.at) for one in (told if isinstance(told, list) else ()))
    return Heard(receipts=tuple(one for one in found if one is not None))


def _receipt(one: Any, now: datetime) -> Receipt | None:
    kind, record = text_at(one, "subscriptionType"), text_at(one, "objectId")
    if record is None or kind is None or not kind.endswith(".propertyChange"):
        return None
    if text_at(one, "changeSource") in _INTEGRATIONS:
        return None
    name, value = text_at(one, "propertyName"), text_at(one, "propertyValue")
    said = text_at(one, "occurredAt") or ""
    data: dict[str, Json] = {"record": record, "property": name, "value": value}
    return Receipt(
        event="updated",
        at=(_moment(said) if said.isascii() and said.isdigit() else None) or now,
        provider_id=record,
        # How often HubSpot has tried is the one thing that differs when it tells again.
        dedupe="|".join((record, kind, name or "", said, text_at(one, "eventId") or "")),
        detail=readable(f"{name} changed") if name else None,
        data=data,
    )


def _moment(milliseconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _decoded(url: str) -> str:
    for written, meant in _DECODED.items():
        url = url.replace(written, meant).replace(written.lower(), meant)
    return url
