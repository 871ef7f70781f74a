"""What the world can do with a message, and what a provider would tell of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

from public_works.outbox import OutboxMessage
from solution_api.simulator.call import Call, followed
from symphainy.delivery import DeliveryEvent, Heard, Inbound, Receipt, VoiceCall
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["ACTS", "Act", "Post", "Told", "call_of", "possible", "post_of", "told"]

Act = Literal[
    "deliver",
    "late",
    "open",
    "click",
    "reply",
    "complain",
    "bounce",
    "drop",
    "update",
    "solve",
    "answer",
    "machine",
    "no_answer",
    "busy",
    "press",
    "say",
    "silence",
    "take",
    "refuse",
    "hangup",
    "unsubscribe",
    "resend",
]
NAMES: tuple[Act, ...] = get_args(Act)


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider tells of an act: an event, in its words, and what is suppressed for it."""

    event: DeliveryEvent
    detail: str | None = None
    suppress: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A request that is made for real."""

    url: str
    headers: dict[str, str]
    content: bytes


_LETTER: dict[Act, Told] = {
    "deliver": Told("delivered"),
    "late": Told("deferred", "the receiving server asked to wait"),
    "open": Told("opened"),
    "click": Told("clicked"),
    "reply": Told("replied"),
    "complain": Told("complained", "reported as spam", "complained"),
    "bounce": Told("bounced_hard", "550 there is no such mailbox", "bounced_hard"),
    "drop": Told("dropped", "the provider would not send it"),
}
_ACTS: dict[str, dict[Act, Told]] = {
    "email": _LETTER,
    "sms": {
        "deliver": Told("delivered"),
        "late": Told("deferred", "the phone is switched off"),
        "reply": Told("replied"),
        "bounce": Told("bounced_hard", "there is no such number", "unreachable"),
        "drop": Told("failed", "the network refused it"),
    },
    "chat": {
        "deliver": Told("delivered"),
        "open": Told("opened"),
        "reply": Told("replied"),
        "drop": Told("failed", "the conversation is closed"),
    },
    "crm": {"update": Told("updated"), "drop": Told("failed", "the record was locked")},
    "ticket": {
        # Who asks replies; who works there updates.
        "update": Told("updated"),
        "reply": Told("replied"),
        "solve": Told("solved"),
        "drop": Told("failed", "the ticket was deleted as spam"),
    },
    "webhook": {
        "deliver": Told("delivered", "answered 204"),
        "late": Told("deferred", "answered 503"),
        "bounce": Told("bounced_hard", "answered 410", "gone"),
        "drop": Told("failed", "answered 400"),
    },
    "api": {"deliver": Told("delivered", "fetched"), "drop": Told("failed", "never fetched")},
}
ACTS: Mapping[str, Mapping[Act, Told]] = MappingProxyType(_ACTS)
"""By channel; calls have acts of their own."""

WRITTEN = frozenset({"email", "sms", "chat"})
"""Channels that people write back on."""
ONE_CLICK = "List-Unsubscribe=One-Click"
ENDING = frozenset({"bounce", "drop", "cancel"})
ARRIVED = frozenset({"deliver", "open", "click", "reply", "complain"})
CALLED: Mapping[str, tuple[Act, ...]] = MappingProxyType(
    {
        "ringing": ("answer", "machine", "no_answer", "busy", "drop"),
        "asking": ("press", "say", "silence", "hangup"),
        "transferring": ("take", "refuse", "hangup"),
        "transferred": ("hangup",),
    }
)


def call_of(message: OutboxMessage) -> Call | None:
    """How the call stands; None for what is no call."""
    if message.channel != "voice" or message.document is None:
        return None
    return followed(_voice(message), message.acts)


def possible(message: OutboxMessage) -> tuple[Act, ...]:
    """What can be done with the message now."""
    call = call_of(message)
    if call is not None:
        keys_only = call.asks is not None and not call.asks.speech
        return tuple(one for one in CALLED.get(call.phase, ()) if not (one == "say" and keys_only))
    posts: tuple[Act, ...] = tuple(
        one for one in ("unsubscribe", "resend") if post_of(message, one) is not None
    )
    done = {act["act"] for act in message.acts}
    if done & ENDING:
        return posts
    every = ACTS.get(message.channel, {})
    gone = {"deliver", "late", "bounce", "drop"} if done & ARRIVED else set()
    gone |= done & {"late", "complain"}
    return (*(one for one in every if one not in gone), *posts)


def post_of(message: OutboxMessage, act: str) -> Post | None:
    """The request that is the act; None for acts that are none, or not of this message."""
    if act == "resend" and message.channel == "webhook" and "://" in message.to:
        return Post(message.to, message.headers, message.text.encode())
    if act == "unsubscribe" and message.channel == "email":
        url = _one_click({name.lower(): value for name, value in message.headers.items()})
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return Post(url, kind, ONE_CLICK.encode()) if url else None
    return None


def _one_click(headers: Mapping[str, str]) -> str | None:
    """Where RFC 8058 unsubscribes."""
    if headers.get("list-unsubscribe-post", "").strip() != ONE_CLICK:
        return None
    found = re.search(r"<(https?://[^>\s]+)>", headers.get("list-unsubscribe", ""))
    return found[1] if found else None


def told(message: OutboxMessage, act: Mapping[str, Any], at: datetime) -> Heard:
    """What the provider tells of `act`, the next one. Refused("outbox.act") if it cannot be."""
    name: Act = act["act"]
    if name not in possible(message):
        there = ", ".join(possible(message)) or "nothing any more"
        raise Refused("outbox.act", f"`{name}` cannot happen to this message now; can: {there}.")
    if message.channel == "voice":
        return Heard(receipts=_of_call(message, act, at))
    if name == "reply" and message.channel in WRITTEN:
        # The platform makes the event of it, as it knows the words that stop and start.
        return Heard(inbound=(_inbound(message, act, at),))
    said = ACTS[message.channel][name]
    receipt = _receipt(message, said.event, at, _data(message, act))
    more = {"detail": said.detail, "suppress": said.suppress}
    return Heard(receipts=(receipt.model_copy(update=more),))


def _of_call(message: OutboxMessage, act: Mapping[str, Any], at: datetime) -> tuple[Receipt, ...]:
    try:
        call = followed(_voice(message), (*message.acts, act))
    except ValueError as error:
        raise Refused("outbox.act", f"{error}.") from None
    since = {one["act"]: one["at"] for one in reversed(message.acts) if one.get("at")}
    begun = since.get("answer") or since.get("machine")
    lasted = {
        "completed": _seconds(begun, at),
        "transferred": _seconds(since.get("take"), at),
    }
    return tuple(
        _receipt(
            message, event, at, {**data, **({"seconds": lasted[event]} if event in lasted else {})}
        )
        for event, data in call.told
    )


def _seconds(since: str | None, at: datetime) -> int:
    return round((at - datetime.fromisoformat(since)).total_seconds()) if since else 0


def _receipt(
    message: OutboxMessage, event: DeliveryEvent, at: datetime, data: dict[str, Json]
) -> Receipt:
    return Receipt(
        event=event,
        at=at,
        delivery=message.delivery,
        provider_id=message.id,
        dedupe=f"{len(message.acts)}:{event}",
        data=data,
    )


def _inbound(message: OutboxMessage, act: Mapping[str, Any], at: datetime) -> Inbound:
    text = str(act.get("text") or "")
    offered = (message.document or {}).get("choices") or ()
    chosen = next((dict(one) for one in offered if one["value"] == text), None)
    return Inbound(
        channel=message.channel,
        sender=message.to,
        to=message.sender,
        text=chosen["title"] if chosen else text,
        data=chosen or {},
        subject=f"Re: {message.subject}" if message.subject else None,
        provider_id=f"{message.id}-{len(message.acts)}",
        at=at,
        delivery=message.delivery,
    )


def _data(message: OutboxMessage, act: Mapping[str, Any]) -> dict[str, Json]:
    data = {name: act[name] for name in ("text", "url", "properties") if act.get(name)}
    document = message.document or {}
    if message.channel == "ticket":
        public = {"public": True} if "text" in data else {}
        status = {"status": "solved"} if act["act"] == "solve" else {}
        return {"ticket": document.get("number"), **data, **public, **status}
    return data


def _voice(message: OutboxMessage) -> VoiceCall:
    to = {"address": message.to}
    known = {**(message.document or {}), "to": to, "sender": message.sender}
    return VoiceCall.model_validate(known)
