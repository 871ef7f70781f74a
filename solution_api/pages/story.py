"""What the outbox pages say of messages, deliveries and decisions; pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from public_works.decisions import DecisionRecord
from public_works.ledger import AttemptRecord, DeliveryRecord, EventRecord
from public_works.ledger.resending import DOUBT
from public_works.outbox import OutboxMessage
from solution_api.pages.render import marked

__all__ = [
    "CHANNELS",
    "attempt",
    "badge",
    "decision",
    "doubt",
    "line",
    "mail",
    "moment",
    "of_step",
    "posted",
    "subject",
    "task",
    "told",
]

CHANNELS = {
    "email": "Mail",
    "sms": "Texts",
    "voice": "Calls",
    "chat": "Chat",
    "crm": "CRM",
    "ticket": "Tickets",
    "webhook": "Webhooks",
    "api": "API",
}
CALLED = {"sms": "Text message", "voice": "Phone call", "chat": "Message"}
EVENTS = {
    "delivered": ("delivered", "good"),
    "opened": ("opened", "good"),
    "clicked": ("clicked", "good"),
    "replied": ("wrote back", "good"),
    "answered": ("picked up", "good"),
    "gathered": ("gave an answer", "good"),
    "transferred": ("handed over", "good"),
    "completed": ("call over", "good"),
    "solved": ("solved", "good"),
    "updated": ("changed by a person", "good"),
    "machine_answered": ("a machine answered", "held"),
    "no_answer": ("nobody answered", "held"),
    "busy": ("busy", "held"),
    "deferred": ("late", "held"),
    "bounced_soft": ("bounced for now", "held"),
    "bounced_hard": ("bounced", "bad"),
    "dropped": ("dropped", "bad"),
    "failed": ("failed", "bad"),
    "complained": ("called it spam", "bad"),
    "unsubscribed": ("wants no more", "bad"),
    "resubscribed": ("wants it again", "good"),
}

BADGES = {
    "accepted": ("sent", "good"),
    "delivered": ("delivered", "good"),
    "in_flight": ("on its way", "calm"),
    "planned": ("planned", "calm"),
    "reserved": ("planned", "calm"),
    "retryable": ("will be tried again", "calm"),
    "held": ("held", "held"),
    "unknown": ("in doubt", "doubt"),
    "reconciling": ("in doubt, asking", "doubt"),
    "unresolved": ("in doubt, look yourself", "doubt"),
    "rejected": ("rejected", "bad"),
    "expired": ("expired", "bad"),
    "suppressed": ("suppressed", "calm"),
    "digested": ("in another message", "calm"),
    "canceled": ("cancelled", "calm"),
}
OUTCOMES = {
    "allow": ("allowed", "good"),
    "deny": ("denied", "bad"),
    "skip": ("skipped", "calm"),
    "defer": ("held", "held"),
    "approve": ("asked for approval", "held"),
    "reserve": ("reserved", "calm"),
}
WORDS = 160
UNSENT = frozenset({"rejected", "expired", "suppressed"})
"""States of what certainly was not sent."""
# Mail clients show unstyled mail like this too.
SHEET = (
    "<!doctype html><meta charset=utf-8><style>body{margin:28px;background:#fff;color:#1c1f23;"
    "font:15px/1.6 system-ui,sans-serif}</style>"
)


def moment(at: datetime, now: datetime) -> dict[str, str]:
    """A time as people say it, in UTC, and as programs do."""
    day = at.astimezone(UTC)
    if day.date() == now.astimezone(UTC).date():
        said = f"{day:%H:%M}"
    else:
        said = f"{day.day} {day:%b}" + (f" {day.year}" if day.year != now.year else "")
    return {
        "said": said,
        "full": f"{day.day} {day:%B %Y, %H:%M:%S} UTC",
        "clock": f"{day:%H:%M:%S}" if day.date() == now.date() else f"{day.day} {day:%b %H:%M}",
        "iso": day.isoformat(),
    }


def badge(state: str | None) -> dict[str, str]:
    """How a delivery stands, in a word and a tone."""
    said, tone = BADGES.get(state or "", (state or "not in the ledger", "calm"))
    return {"said": said, "tone": tone}


def task(step: str) -> str:
    """The task's name, from its reference."""
    return step.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def line(message: OutboxMessage, state: str | None, now: datetime) -> dict[str, Any]:
    """A message in the list."""
    words = " ".join(message.text.split())
    return {
        "href": f"/outbox/{quote(message.id, safe='')}",
        "to": message.to if message.channel != "api" else "the caller",
        "subject": subject(message),
        "preview": words[:WORDS],
        "run": message.run,
        "task": task(message.step),
        "channel": message.channel,
        "called": CHANNELS.get(message.channel, message.channel),
        "at": moment(message.at, now),
        "badge": badge(state),
    }


def subject(message: OutboxMessage) -> str:
    """What a message is called; on channels without subjects, what it is."""
    document = message.document or {}
    if message.channel == "crm":
        names = ", ".join(document.get("properties") or {})
        return f"{str(document.get('object', 'record')).capitalize()}" + (
            f": {names}" if names else ""
        )
    if message.channel == "api":
        return f"Answer {message.subject}"
    if message.channel == "email":
        return message.subject or "(no subject)"
    return message.subject or CALLED.get(message.channel, message.channel)


def mail(message: OutboxMessage, delivery: DeliveryRecord | None, now: datetime) -> dict[str, Any]:
    """A message on its own."""
    return {
        **line(message, delivery.state if delivery else None, now),
        "sender": message.sender,
        "step": message.step,
        "text": message.text,
        "html": message.html,
        "frame": SHEET + message.html if message.html is not None else None,
        "headers": sorted(message.headers.items()),
        "delivery": message.delivery,
        "customer": message.customer,
        "trace": f"/outbox/traces/{quote(message.run, safe=':')}",
        "of_run": "/outbox?" + urlencode({"run": message.run}),
        "of_customer": "/outbox?" + urlencode({"customer": message.customer or ""}),
        "purpose": delivery.purpose if delivery else None,
        "experience": delivery.binding if delivery else message.experience,
        "adapter": delivery.provider if delivery else None,
        "reason": delivery.reason if delivery else None,
        "again": delivery is not None and delivery.state in DOUBT | UNSENT,
        "doubtful": delivery is not None and delivery.state in DOUBT,
    }


def told(record: EventRecord, now: datetime) -> dict[str, Any]:
    """Something that was told of a delivery."""
    said, tone = EVENTS.get(record.event, (record.event.replace("_", " "), "calm"))
    data = record.data or {}
    words = (
        data.get("digits")
        or data.get("speech")
        or data.get("text")
        or data.get("url")
        or data.get("to")
    )
    seconds = data.get("seconds")
    detail = record.detail or words or (f"after {seconds} s" if seconds is not None else None)
    return {"said": said, "tone": tone, "detail": detail, "at": moment(record.at, now)}


def posted(act: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What came of the button that mail programs have."""
    status, detail = act.get("status"), act.get("detail")
    good = isinstance(status, int) and 200 <= status < 300
    return {
        "said": f"one-click: {f'answered {status}' if status else 'not answered'}",
        "tone": "good" if good else "bad",
        "detail": None if good else detail,
        "at": moment(datetime.fromisoformat(act["at"]), now),
    }


def doubt(delivery: DeliveryRecord, now: datetime) -> dict[str, Any]:
    """A delivery of which nobody knows whether it arrived."""
    return {
        "id": delivery.id,
        "whom": delivery.customer or "a recipient",
        "experience": delivery.binding,
        "adapter": delivery.provider,
        "run": delivery.run,
        "task": task(delivery.step),
        "reason": marked(delivery.reason or "the provider did not answer"),
        "at": moment(delivery.updated, now),
        "badge": badge(delivery.state),
    }


def decision(record: DecisionRecord, now: datetime) -> dict[str, Any]:
    """What policy said, and which."""
    said, tone = OUTCOMES.get(record.outcome, (record.outcome, "calm"))
    return {
        "said": said,
        "tone": tone,
        "policy": record.policy,
        "layer": record.layer,
        "reason": marked(record.reason or ""),
        "at": moment(record.at, now),
    }


def attempt(record: AttemptRecord, now: datetime) -> dict[str, Any]:
    """One write on the wire."""
    ending = {"accepted": "good", "rejected": "bad", "unknown": "doubt"}
    return {
        "n": record.n,
        "said": record.outcome or "under way",
        "tone": ending.get(record.outcome or "", "calm"),
        "adapter": record.provider,
        "detail": record.detail or record.code,
        "at": moment(record.started, now),
    }


def of_step(records: Iterable[DecisionRecord], step: str) -> list[DecisionRecord]:
    """The decisions about one step."""
    return [one for one in records if one.step == step]
