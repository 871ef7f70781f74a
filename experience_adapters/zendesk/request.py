"""Tickets and comments as Zendesk takes them."""

import hashlib
from collections.abc import Iterator
from typing import Any

from experience_adapters.flaw import Flaw
from experience_adapters.json_api import at, text_at
from experience_adapters.rules import tickets
from experience_adapters.rules.names import called
from symphainy.delivery import Ticket
from symphainy.json import Json

__all__ = ["comment", "external_id", "idempotency_key", "opening", "unknown_fields", "wrongs"]

_OWN = frozenset(
    {"assignee_id", "brand_id", "due_at", "group_id", "organization_id", "ticket_form_id"}
)
"""Fields that every account has, by their names."""


def wrongs(message: Ticket) -> list[Flaw]:
    """What Zendesk would refuse in `message`."""
    return tickets.flaws(message)


def unknown_fields(message: Ticket, names: Json) -> Iterator[Flaw]:
    """Fields that are neither Zendesk's own nor have an id."""
    for name in message.fields:
        if name not in _OWN and not called(names, name).isdigit():
            text = f"nobody knows the id of the field {name!r}: set it in `settings.fields`"
            yield Flaw("delivery.header", text)


def external_id(message: Ticket, delivery: str) -> str:
    """What the ticket is called outside Zendesk."""
    return f"dlv-{delivery}" if message.key is None else message.key


def idempotency_key(message: Ticket, delivery: str, closed: str | None) -> str:
    """What Zendesk knows the opening of a ticket by: that of a key is the same whoever opens it,
    so that two that begin at once open one. `closed` is the ticket it follows."""
    name = f"delivery|{delivery}" if message.key is None else f"key|{message.key}|{closed}"
    return hashlib.sha256(name.encode()).hexdigest()


def opening(message: Ticket, names: Json, delivery: str, closed: str | None) -> dict[str, Any]:
    """The body of the request that opens a ticket."""
    person = {"email": message.to.address, "name": message.name or _name(message.to.address)}
    ticket = {
        "subject": message.subject,
        "requester": person,
        "external_id": external_id(message, delivery),
        "tags": list(message.tags),
        **({"via_followup_source_id": int(closed)} if closed and closed.isdigit() else {}),
    }
    return {"ticket": {**ticket, **_said(message, names, delivery)}}


def comment(message: Ticket, names: Json, delivery: str, ticket: Any) -> dict[str, Any]:
    """The body of the request that continues `ticket`, unless it was changed meanwhile."""
    known = at(ticket, "tags")
    tags = [*(known if isinstance(known, list) else ()), *message.tags]
    return {
        "ticket": {
            **_said(message, names, delivery),
            **({"tags": list(dict.fromkeys(tags))} if message.tags else {}),
            "safe_update": True,
            "updated_stamp": text_at(ticket, "updated_at"),
        }
    }


def _said(message: Ticket, names: Json, delivery: str) -> dict[str, Any]:
    part = {"body": message.text} if message.html is None else {"html_body": message.html}
    known = {"priority": message.priority, "type": message.kind, "status": message.status}
    own = {name: value for name, value in message.fields.items() if name in _OWN}
    custom = [
        {"id": int(called(names, name)), "value": value}
        for name, value in message.fields.items()
        if name not in _OWN
    ]
    return {
        "comment": {**part, "public": message.public},
        **{name: value for name, value in known.items() if value is not None},
        **own,
        **({"custom_fields": custom} if custom else {}),
        "metadata": {"delivery": delivery},
    }


def _name(address: str) -> str:
    # Zendesk takes nobody without a name.
    return address.rpartition("@")[0]
