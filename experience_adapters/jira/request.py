"""Issues and comments as Jira takes them."""

import hashlib
from collections.abc import Mapping
from typing import Any

from experience_adapters.flaw import Flaw
from experience_adapters.jira import prose
from experience_adapters.json_api import at, text_at
from experience_adapters.rules import tickets
from experience_adapters.rules.names import called
from symphainy.delivery import Ticket
from symphainy.json import Json

__all__ = ["MARK", "continuing", "key_label", "label", "opening", "transition", "wrongs"]

MARK = "symphainy"
"""The property that says which delivery something is of."""
_PRIORITIES = {"low": "Low", "normal": "Medium", "high": "High", "urgent": "Highest"}
_CATEGORIES = {"open": ("new", "indeterminate"), "solved": ("done",)}


def wrongs(message: Ticket) -> list[Flaw]:
    """What Jira would refuse in `message`."""
    found = tickets.flaws(message)
    if message.key is None and message.status in ("pending", "solved"):
        text = f"Jira opens no issue that is {message.status} already: say so in a later message"
        found.append(Flaw("delivery.arguments", text))
    return found


def label(delivery: str) -> str:
    """The label of the issue that a delivery opens."""
    return f"dlv-{delivery}"


def key_label(key: str) -> str:
    """The label of the issue that messages of a key are about: keys may have spaces."""
    return f"key-{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def opening(message: Ticket, settings: Mapping[str, Json], delivery: str) -> dict[str, Any]:
    """The body of the request that opens an issue."""
    name = f"{message.name} <{message.to.address}>" if message.name else message.to.address
    kind = settings.get("issueType") or "Task"
    if message.kind is not None and isinstance(settings.get("kinds"), dict):
        kind = called(settings["kinds"], message.kind, {message.kind: str(kind)})
    keyed = [key_label(message.key)] if message.key is not None else []
    return {
        "fields": {
            "project": {"key": settings.get("project")},
            "issuetype": {"name": kind},
            "summary": message.subject,
            "description": prose.document(message.text, f"Requested by {name}"),
            "labels": [*message.tags, label(delivery), *keyed],
            **_fields(message, settings),
        },
        "properties": [{"key": MARK, "value": _mark(message, delivery)}],
    }


def continuing(message: Ticket, settings: Mapping[str, Json], delivery: str) -> dict[str, Any]:
    """The body of the request that continues an issue."""
    hidden = {"key": "sd.public.comment", "value": {"internal": True}}
    mark = {"key": MARK, "value": {"delivery": delivery}}
    comment = {
        "body": prose.document(message.text),
        "properties": [mark, *([] if message.public else [hidden])],
    }
    labels = {"labels": [{"add": tag} for tag in message.tags]} if message.tags else {}
    fields = _fields(message, settings)
    return {
        "update": {"comment": [{"add": comment}], **labels},
        **({"fields": fields} if fields else {}),
    }


def transition(told: Any, status: str, names: Json) -> str | None:
    """The id of the transition that leads to `status`; None if the workflow has none from here."""
    wanted = called(names, status, {status: ""})
    for one in at(told, "transitions") or ():
        to = (text_at(one, "to", "name") or "").lower()
        category = text_at(one, "to", "statusCategory", "key")
        fits = to == wanted.lower() if wanted else category in _CATEGORIES.get(status, ())
        if fits:
            return text_at(one, "id")
    return None


def _fields(message: Ticket, settings: Mapping[str, Json]) -> dict[str, Any]:
    names = settings.get("fields")
    found: dict[str, Any] = {called(names, one): value for one, value in message.fields.items()}
    if message.priority is not None:
        word = called(settings.get("priorities"), message.priority, _PRIORITIES)
        found["priority"] = {"name": word}
    return found


def _mark(message: Ticket, delivery: str) -> dict[str, Json]:
    return {"delivery": delivery, "requester": message.to.address, "key": message.key}
