"""Requests in help desks."""

import math
import re
from collections.abc import Iterator

from experience_adapters import addresses
from experience_adapters.flaw import Flaw, in_text
from symphainy.delivery import Ticket

__all__ = ["LONGEST", "flaws"]

LONGEST = 30_000
"""Characters of a text that every help desk keeps."""
_TAG = re.compile(r"[A-Za-z0-9_./-]{1,100}")
_FIELD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def flaws(message: Ticket) -> list[Flaw]:
    """What no help desk would take."""
    wrong = addresses.email(message.to.address)
    found = [Flaw("delivery.address", wrong)] if wrong else []
    return [*found, *_headers(message), *_words(message), *_fields(message)]


def _headers(message: Ticket) -> Iterator[Flaw]:
    subject, name, key = message.subject, message.name or "", message.key
    if not subject.strip() or not subject.isprintable() or len(subject) > 250:
        yield Flaw("delivery.header", "the subject has to be one line of up to 250 characters")
    if not name.isprintable() or len(name) > 250:
        yield Flaw("delivery.header", "the name has to be one line of up to 250 characters")
    if key is not None and (not key.strip() or not key.isprintable() or len(key) > 200):
        yield Flaw("delivery.header", f"{key[:80]!r} cannot name a ticket")
    for tag in message.tags:
        if not _TAG.fullmatch(tag):
            message_ = f"{tag[:80]!r} is no tag: write letters, digits, _, -, . and / only"
            yield Flaw("delivery.header", message_)


def _words(message: Ticket) -> Iterator[Flaw]:
    for part, text in (("text", message.text), ("html", message.html)):
        if text is not None and not text.strip():
            yield Flaw("delivery.text", f"the {part} says nothing")
        if text is not None and len(text) > LONGEST:
            yield Flaw("delivery.length", f"the {part} is longer than {LONGEST} characters")
        yield from in_text(part, text or "")


def _fields(message: Ticket) -> Iterator[Flaw]:
    for name, value in message.fields.items():
        if not _FIELD.fullmatch(name):
            yield Flaw("delivery.header", f"{name[:80]!r} is no name of a field")
        if isinstance(value, str):
            yield from in_text(f"field {name[:80]!r}", value)
        if isinstance(value, float) and not math.isfinite(value):
            yield Flaw("delivery.text", f"the field {name[:80]!r} is no number")
