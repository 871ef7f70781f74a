"""What the outbox pages say of messages, deliveries and decisions; pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from public_works.decisions import DecisionRecord
from public_works.ledger import AttemptRecord, DeliveryRecord
from public_works.outbox import OutboxMessage
from solution_api.pages.render import marked

__all__ = ["attempt", "badge", "decision", "doubt", "line", "mail", "moment", "of_step", "task"]

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
        "to": message.to,
        "initial": (message.to[:1] or "?").upper(),
        "hue": sum(message.to.encode()) % 6,
        "subject": _subject(message),
        "preview": words[:WORDS],
        "run": message.run,
        "task": task(message.step),
        "channel": message.channel,
        "at": moment(message.at, now),
        "badge": badge(state),
    }


def _subject(message: OutboxMessage) -> str:
    """What a message is called in a list; on channels without subjects, how it came."""
    if message.channel == "sms":
        return "Text message"
    return message.subject or "(no subject)"


def mail(message: OutboxMessage, delivery: DeliveryRecord | None, now: datetime) -> dict[str, Any]:
    """A message on its own."""
    return {
        **line(message, delivery.state if delivery else None, now),
        "sender": message.sender,
        "step": message.step,
        "text": message.text,
        "frame": SHEET + message.html if message.html is not None else None,
        "headers": sorted(message.headers.items()),
        "delivery": message.delivery,
        "purpose": delivery.purpose if delivery else None,
        "experience": delivery.binding if delivery else None,
        "adapter": delivery.provider if delivery else None,
        "reason": delivery.reason if delivery else None,
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
