"""What Twilio tells about text messages, and what people write by them."""

from collections.abc import Mapping
from types import MappingProxyType

from experience_adapters.exchange import readable
from experience_adapters.twilio.answers import SUPPRESS
from symphainy.delivery import Answer, Callback, DeliveryEvent, Heard, Inbound, Receipt
from symphainy.json import Json

__all__ = ["EVENTS", "heard"]

_EVENTS: dict[str, DeliveryEvent] = {
    "accepted": "accepted",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "read": "opened",
    "canceled": "canceled",
}
EVENTS: Mapping[str, DeliveryEvent] = MappingProxyType(_EVENTS)
"""What each of Twilio's states of a message is here."""

_NOTHING = Answer(media_type="application/xml", body="<Response/>")
"""Twilio would send anything else as a text message."""


def heard(callback: Callback) -> Heard:
    """What a genuine callback says."""
    form = callback.form or callback.query
    status, sid = form.get("MessageStatus", ""), form.get("MessageSid") or form.get("SmsSid")
    if not sid:
        return Heard()
    event = EVENTS.get(status)
    if event is not None:
        return Heard(receipts=(_receipt(callback, form, event, status, sid),))
    if form.get("SmsStatus") == "received" and form.get("From"):
        return Heard(inbound=(_inbound(callback, form, sid),), answer=_NOTHING)
    return Heard()


def _receipt(
    callback: Callback, form: Mapping[str, str], event: DeliveryEvent, status: str, sid: str
) -> Receipt:
    code = form.get("ErrorCode", "")
    told = ": ".join(part for part in (code, form.get("ErrorMessage", "")) if part)
    data: dict[str, Json] = {"code": code} if code else {}
    return Receipt(
        event=event,
        # Twilio does not say when it happened; it tells at once.
        at=callback.at,
        delivery=callback.query.get("d") or None,
        provider_id=sid,
        dedupe=f"{sid}|{status}",
        detail=readable(told) or None,
        suppress=SUPPRESS.get(int(code)) if code.isascii() and code.isdigit() else None,
        data=data,
    )


def _inbound(callback: Callback, form: Mapping[str, str], sid: str) -> Inbound:
    media = form.get("NumMedia", "0")
    data: dict[str, Json] = {"media": int(media)} if media.isdigit() and int(media) else {}
    return Inbound(
        channel="sms",
        sender=form["From"],
        to=form.get("To", ""),
        text=form.get("Body", ""),
        provider_id=sid,
        at=callback.at,
        data=data,
    )
