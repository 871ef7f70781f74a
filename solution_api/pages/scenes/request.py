"""Requests to servers, and answers to requests."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from public_works.outbox import OutboxMessage
from solution_api.pages import story

__all__ = ["request"]


def request(message: OutboxMessage, secret: str, now: datetime) -> dict[str, Any]:
    """A request as it would have been made, or its answer."""
    is_event = message.channel == "webhook"
    document = message.document or {}
    status = document.get("status")
    return {
        "request": {
            "title": message.subject if is_event else "Answer to a request",
            "status": status,
            "tone": "good" if isinstance(status, int) and status < 300 else "bad",
            "url": message.to if is_event else None,
            "note": "What the caller would have been answered.",
            "body": _pretty(message.text),
            "secret": secret if is_event else None,
        },
        "posts": [_post(one, now) for one in message.acts if one["act"] == "resend"],
    }


def _post(act: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    status = act.get("status")
    good = isinstance(status, int) and 200 <= status < 300
    return {
        "who": "person",
        "tint": "tint-person" if good else "tint-ticket",
        "said": f"answered {status}" if status else "not answered",
        "text": act.get("detail", ""),
        "at": story.moment(datetime.fromisoformat(act["at"]), now),
    }


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
