"""Requests in help desks."""

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import UNREADABLE, WORDS
from symphainy.delivery import Message, Ticket

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: Ticket) -> Received:
    """Its `data` has the members kind, priority, public, status and tags."""
    data = {
        "kind": message.kind,
        "priority": message.priority,
        "public": message.public,
        "status": message.status or "open",
        "tags": sorted(message.tags),
    }
    return Received(message.to.address, message.subject, message.text, message.html, data)


def in_many_scripts(message: Ticket) -> Message:
    # What continues a ticket says no other subject than its own.
    subject = f"{WORDS} <b> & !" if message.key is None else message.subject
    text = f"{WORDS} <b> & *c* {{a}} [d|e]\n" * 40 + "!"
    return message.model_copy(update={"subject": subject, "text": text, "html": None})


def of_dots(message: Ticket) -> Message:
    return message.model_copy(update={"text": "one\n.\n..\n.two\n> three\n!", "html": None})


def malformed(message: Ticket) -> list[Message]:
    return [message.model_copy(update=one) for one in (*_TICKETS, *UNREADABLE)]


_TICKETS: tuple[dict[str, object], ...] = (
    {"subject": ""},
    {"subject": " "},
    {"subject": "a\nb"},
    {"subject": "\ud800"},
    {"text": ""},
    {"text": " \n"},
    {"text": "a" * 30_001},
    {"html": " "},
    {"html": "a\0b"},
    {"name": "Ada\nEve"},
    {"key": ""},
    {"key": "a\nb"},
    {"key": "a" * 201},
    {"tags": ("two words",)},
    {"tags": ("",)},
    {"fields": {"a b": "1"}},
    {"fields": {"note": "a\0b"}},
    {"fields": {"amount": float("inf")}},
)
