"""What SendGrid tells about mails, signed by its Event Webhook."""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from experience_adapters.exchange import readable
from symphainy.delivery import Callback, DeliveryEvent, Heard, Receipt
from symphainy.errors import Refused
from symphainy.json import Json, digest

__all__ = ["EVENTS", "doubt", "heard", "keys"]

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_STAMP = "x-twilio-email-event-webhook-timestamp"
_OLDEST = timedelta(hours=1)
"""Between the moment that a request was signed and its arrival; their clock or ours may be late."""
_NAMED = re.compile(r"\.(?:filter|recvd)")
"""Where the name of a mail, as it was answered, ends in that of its events."""

_EVENTS: dict[str, DeliveryEvent] = {
    "processed": "accepted",
    "deferred": "deferred",
    "delivered": "delivered",
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced_hard",
    "blocked": "bounced_soft",
    "dropped": "dropped",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
    "group_resubscribe": "resubscribed",
}
EVENTS: Mapping[str, DeliveryEvent] = MappingProxyType(_EVENTS)
"""What each of SendGrid's events is here; a bounce of the type `blocked` is one of its own."""

_SUPPRESS = {
    "bounce": "bounced_hard",
    "spamreport": "complained",
    "unsubscribe": "opted_out",
    "group_unsubscribe": "opted_out",
}
_DROPPED = (("bounce", "bounced_hard"), ("unsubscribe", "opted_out"), ("spam", "complained"))
"""What the reason of a dropped mail says of its address."""
_TOLD = {"url": "url", "sg_machine_open": "machine", "asm_group_id": "group", "status": "status"}


def keys(secret: Json) -> list[str]:
    """The verification keys in the tenant's secret: one as it is, or several in an object.

    Refused("secret.missing") for a secret without any.
    """
    found = list(secret.values()) if isinstance(secret, dict) else [secret]
    named = [one for one in found if isinstance(one, str) and one.strip()]
    if not named:
        raise Refused("secret.missing", "The secret has no verification key of SendGrid's.")
    return named


def doubt(callback: Callback, keys: list[str]) -> str | None:
    """Why the callback is not genuine, or None."""
    signature, stamp = callback.headers.get(_SIGNATURE, ""), callback.headers.get(_STAMP, "")
    if not signature or not stamp:
        return "it is not signed"
    if not any(_is_signed(callback.body, signature, stamp, one) for one in keys):
        return "its signature is not SendGrid's"
    made = _moment(stamp)
    late = made is None or abs(callback.at - made) > _OLDEST
    return "it is of another time" if late else None


def heard(callback: Callback) -> Heard:
    """What the events of a genuine callback say."""
    try:
        told = json.loads(callback.body)
    except (ValueError, RecursionError):
        return Heard()
    events = told if isinstance(told, list) else [told]
    return Heard(receipts=tuple(_receipts(events, callback.at)))


def _is_signed(body: bytes, signature: str, stamp: str, key: str) -> bool:
    try:
        public = load_der_public_key(b64decode(key, validate=True))
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        octets = b64decode(signature, validate=True)
        public.verify(octets, stamp.encode() + body, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _receipts(events: list[Any], at: datetime) -> Iterator[Receipt]:
    for one in events:
        if not isinstance(one, dict):
            continue
        kind = "blocked" if one.get("type") == "blocked" else str(one.get("event"))
        event = EVENTS.get(kind)
        if event is not None and _text(one, "delivery_id", "sg_message_id"):
            yield _receipt(one, kind, event, at)


def _receipt(told: dict[str, Any], kind: str, event: DeliveryEvent, at: datetime) -> Receipt:
    # The id of the event itself is another one when SendGrid tells it again.
    same = [told.get(name) for name in ("sg_message_id", "email", "event", "timestamp", "url")]
    reason = _text(told, "reason", "response")
    return Receipt(
        event=event,
        at=_moment(str(told.get("timestamp"))) or at,
        delivery=_text(told, "delivery_id"),
        provider_id=_NAMED.split(_text(told, "sg_message_id") or "")[0] or None,
        dedupe=digest([str(one) for one in same]),
        detail=readable(reason) if reason else None,
        suppress=_dropped(reason or "") if kind == "dropped" else _SUPPRESS.get(kind),
        data={ours: told[theirs] for theirs, ours in _TOLD.items() if _is_scalar(told.get(theirs))},
    )


def _dropped(reason: str) -> str | None:
    return next((why for word, why in _DROPPED if word in reason.lower()), None)


def _text(told: dict[str, Any], *names: str) -> str | None:
    found = (told.get(name) for name in names)
    return next((one for one in found if isinstance(one, str) and one), None)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool) or type(value) is int


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
