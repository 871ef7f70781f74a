"""Records and tickets."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from public_works.outbox import OutboxMessage
from solution_api import simulator
from solution_api.pages import story
from solution_api.simulator import Entry
from symphainy.json import Json

__all__ = ["record", "ticket"]


def record(thread: Sequence[OutboxMessage], now: datetime) -> dict[str, Any]:
    """A record as all its updates made it."""
    found = simulator.record(thread)
    title = found.properties.get("name") or found.properties.get("firstname") or found.value
    return {
        "record": {
            "title": str(title),
            "object": found.object,
            "property": found.property,
            "value": found.value,
            "properties": [
                {"name": name, "value": _written(value), "fresh": name in found.fresh}
                for name, value in sorted(found.properties.items())
            ],
        },
        "entries": [_entry(one, "crm", now) for one in reversed(found.entries)],
    }


def ticket(thread: Sequence[OutboxMessage], now: datetime) -> dict[str, Any]:
    """A ticket with all that was written."""
    found = simulator.ticket(thread)
    tones = {"open": "doubt", "pending": "held", "solved": "good"}
    return {
        "ticket": {
            "subject": found.subject,
            "number": found.number,
            "requester": found.requester,
            "status": found.status,
            "tone": tones.get(found.status, "calm"),
            "kind": found.kind,
            "priority": found.priority,
            "tags": found.tags,
            "fields": [
                {"name": name, "value": _written(value)} for name, value in found.fields.items()
            ],
        },
        "entries": [_entry(one, "ticket", now) for one in found.entries],
    }


def _entry(one: Entry, channel: str, now: datetime) -> dict[str, Any]:
    people = {"person": "A person" if channel == "crm" else "An agent", "requester": "They"}
    who = people.get(one.who, "The platform")
    icons = {"call": "voice", "email": "email", "note": "chat", "task": "solve", "solved": "solve"}
    said = {"comment": who, "solved": f"{who} solved it", "changed": f"{who} changed it"}
    plain = f"{who} {one.text}" if one.kind == "update" else f"{one.kind.capitalize()}"
    return {
        "who": one.who,
        "tint": {"person": "tint-person", "requester": "tint-email"}.get(
            one.who, f"tint-{channel}"
        ),
        "icon": icons.get(one.kind, "update" if one.kind == "update" else channel),
        "said": said.get(one.kind, f"{plain}: {one.subject}" if one.subject else plain),
        "text": "" if one.kind == "update" else one.text,
        "public": one.public,
        "at": story.moment(one.at, now),
    }


def _written(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
