"""Conversations."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from public_works.outbox import OutboxMessage
from solution_api.pages import story

__all__ = ["thread_of"]


def thread_of(
    message: OutboxMessage, thread: Sequence[OutboxMessage], now: datetime
) -> dict[str, Any]:
    """A conversation, in which the message is marked."""
    bubbles = sorted(_bubbles(message, thread, now), key=lambda one: str(one["sort"]))
    offered = (message.document or {}).get("choices") or []
    last = bool(thread) and thread[-1].id == message.id
    return {
        "device": "Phone" if message.channel == "sms" else "Chat",
        "bubbles": bubbles,
        "choices": offered if last and bubbles and bubbles[-1]["side"] == "platform" else [],
    }


def _bubbles(
    message: OutboxMessage, thread: Iterable[OutboxMessage], now: datetime
) -> Iterator[dict[str, Any]]:
    for one in thread:
        current = one.id == message.id
        parts = one.headers.get("Parts", "1")
        yield {
            "side": "platform",
            "text": one.text,
            "at": story.moment(one.at, now),
            "sort": one.at.isoformat(),
            "href": None if current else f"/outbox/{one.id}",
            "current": current,
            "note": f"{parts} parts" if parts != "1" else None,
        }
        offered = (one.document or {}).get("choices") or ()
        titles = {choice["value"]: choice["title"] for choice in offered}
        for act in one.acts:
            if act["act"] == "reply":
                yield {
                    "side": "person",
                    "text": titles.get(act.get("text"), act.get("text", "")),
                    "at": story.moment(datetime.fromisoformat(act["at"]), now),
                    "sort": act["at"],
                    "href": None,
                    "current": False,
                    "note": None,
                }
