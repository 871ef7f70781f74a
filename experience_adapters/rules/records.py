"""Records of a CRM."""

import math
import re
from collections.abc import Iterator

from experience_adapters.flaw import Flaw, in_text
from symphainy.delivery import Activity, CrmUpdate

__all__ = ["LONGEST", "flaws"]

LONGEST = 30_000
"""Characters of a text that every CRM keeps."""
_OBJECT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,79}")
_PROPERTY = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,99}")


def flaws(message: CrmUpdate) -> list[Flaw]:
    """What no CRM would take."""
    found = [*_key(message), *_properties(message)]
    if message.activity is not None:
        found += _activity(message.activity)
    return found


def _key(message: CrmUpdate) -> Iterator[Flaw]:
    if not _OBJECT.fullmatch(message.object):
        yield Flaw("delivery.header", f"{message.object[:80]!r} is no name of a kind of record")
    name, value = message.key.property, message.key.value
    if not _PROPERTY.fullmatch(name):
        yield Flaw("delivery.header", f"{name[:80]!r} is no name of a property")
    if not value.strip() or not value.isprintable() or len(value) > 250:
        yield Flaw("delivery.address", f"{value[:80]!r} cannot tell a record from others")


def _properties(message: CrmUpdate) -> Iterator[Flaw]:
    for name, value in message.properties.items():
        if not _PROPERTY.fullmatch(name):
            yield Flaw("delivery.header", f"{name[:80]!r} is no name of a property")
        if isinstance(value, str):
            yield from in_text(f"property {name[:80]!r}", value)
        if isinstance(value, float) and not math.isfinite(value):
            yield Flaw("delivery.text", f"the property {name[:80]!r} is no number")


def _activity(activity: Activity) -> Iterator[Flaw]:
    subject = activity.subject or ""
    if not activity.text.strip():
        yield Flaw("delivery.text", "the activity says nothing")
    if len(activity.text) > LONGEST:
        yield Flaw("delivery.length", f"the activity is longer than {LONGEST} characters")
    if not subject.isprintable() or len(subject) > 250:
        yield Flaw("delivery.header", "the activity's subject is not one line of 250 characters")
    yield from in_text("text", activity.text)
