"""Records and tickets as they stand, after every message about them and what people did."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from public_works.outbox import OutboxMessage
from symphainy.json import Json

__all__ = ["Entry", "Record", "TicketThread", "record", "ticket"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the history of a record or a ticket."""

    who: Literal["platform", "person", "requester"]
    kind: str
    text: str
    at: datetime
    subject: str | None = None
    html: str | None = None
    public: bool = True
    message: str = ""
    """The message of the outbox that brought it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a CRM."""

    object: str
    property: str
    value: str
    properties: dict[str, Json]
    fresh: frozenset[str]
    """The properties that the last message changed."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class TicketThread:
    """A ticket of a help desk."""

    subject: str
    number: str | None
    requester: str
    status: str
    kind: str | None
    priority: str | None
    tags: tuple[str, ...]
    fields: dict[str, Json]
    entries: tuple[Entry, ...]


def record(messages: Sequence[OutboxMessage]) -> Record:
    """The record that `messages`, oldest first, are about."""
    first = messages[0].document or {}
    key = first.get("key") or {}
    properties: dict[str, Json] = {}
    fresh: frozenset[str] = frozenset()
    for step in _steps(messages):
        given = step.get("properties") or {}
        fresh = frozenset(name for name, value in given.items() if properties.get(name) != value)
        properties.update(given)
    return Record(
        object=str(first.get("object", "record")),
        property=str(key.get("property", "key")),
        value=str(key.get("value", messages[0].to)),
        properties=properties,
        fresh=fresh,
        entries=_in_order(one for message in messages for one in _of_record(message)),
    )


def ticket(messages: Sequence[OutboxMessage]) -> TicketThread:
    """The ticket that `messages`, oldest first, are about."""
    first = messages[0]
    steps = list(_steps(messages))
    known: dict[str, Any] = {"status": "open", "kind": None, "priority": None}
    for step in steps:
        known.update({name: step[name] for name in known if step.get(name)})
        waits = known["status"] in ("solved", "pending")
        if step.get("reopens") and not step.get("status") and waits:
            known["status"] = "open"
    fields = {name: value for step in steps for name, value in (step.get("fields") or {}).items()}
    return TicketThread(
        subject=first.subject,
        number=(first.document or {}).get("number"),
        requester=str((first.document or {}).get("name") or first.to),
        tags=tuple(dict.fromkeys(tag for step in steps for tag in step.get("tags") or ())),
        fields=fields,
        entries=_in_order(one for message in messages for one in _of_ticket(message)),
        **known,
    )


def _steps(messages: Iterable[OutboxMessage]) -> Iterator[dict[str, Any]]:
    """What was said about the thing, by messages and by people, in its order in time."""
    steps: list[tuple[datetime, dict[str, Any]]] = []
    for message in messages:
        steps.append((message.at, {**(message.document or {}), "reopens": True}))
        for act in message.acts:
            said = dict(act)
            if act["act"] == "solve":
                said["status"] = "solved"
            if act["act"] == "update" and act.get("text"):
                said["status"] = "pending"
            if act["act"] == "reply":
                said["reopens"] = True
            steps.append((_at(act, message), said))
    for _, step in sorted(steps, key=lambda one: one[0]):
        yield step


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda one: one.at))


def _of_record(message: OutboxMessage) -> Iterator[Entry]:
    document = message.document or {}
    names = ", ".join(document.get("properties") or {})
    if names:
        yield Entry("platform", "update", f"set {names}", message.at, message=message.id)
    activity = document.get("activity")
    if activity:
        yield Entry(
            who="platform",
            kind=activity.get("kind", "note"),
            text=activity.get("text", ""),
            subject=activity.get("subject"),
            at=message.at,
            message=message.id,
        )
    for act in message.acts:
        if act["act"] == "update":
            names = ", ".join(act.get("properties") or {})
            yield Entry("person", "update", f"set {names}", _at(act, message), message=message.id)


def _of_ticket(message: OutboxMessage) -> Iterator[Entry]:
    document = message.document or {}
    yield Entry(
        who="platform",
        kind="comment",
        text=message.text,
        html=message.html,
        at=message.at,
        public=bool(document.get("public", True)),
        message=message.id,
    )
    for act in message.acts:
        at, name = _at(act, message), act["act"]
        if name in ("reply", "solve", "update"):
            text = str(act.get("text") or "")
            kind = "comment" if text else {"solve": "solved", "update": "changed"}.get(name, name)
            who: Literal["person", "requester"] = "requester" if name == "reply" else "person"
            yield Entry(who, kind, text, at, message=message.id)


def _at(act: dict[str, Any], message: OutboxMessage) -> datetime:
    written = act.get("at")
    return datetime.fromisoformat(written) if isinstance(written, str) else message.at
