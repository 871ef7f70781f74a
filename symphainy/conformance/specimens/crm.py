"""Records as they should be; each has a property that takes any text, or an activity."""

from typing import Any

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import WORDS
from symphainy.delivery import Activity, CrmUpdate, Message, RecordKey

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: CrmUpdate) -> Received:
    """Its `data` has the members object, key, properties and, where there is one, activity."""
    activity = message.activity
    data: dict[str, Any] = {
        "object": message.object,
        "key": message.key.property,
        "properties": message.properties,
    }
    if activity is not None:
        data["activity"] = activity.kind
    return Received(
        message.key.value,
        activity.subject if activity else None,
        activity.text if activity else "",
        data=data,
    )


def in_many_scripts(message: CrmUpdate) -> Message:
    return _saying(message, f"{WORDS} <b>&amp;\n" * 3 + "!")


def of_dots(message: CrmUpdate) -> Message:
    return _saying(message, "one\n.\n..\n.two\n!")


def malformed(message: CrmUpdate) -> list[Message]:
    return [message.model_copy(update=one) for one in _UPDATES]


def _saying(message: CrmUpdate, words: str) -> Message:
    texts = {name: words for name, one in message.properties.items() if isinstance(one, str)}
    activity = message.activity and message.activity.model_copy(update={"text": words})
    properties = {**message.properties, **texts}
    return message.model_copy(update={"properties": properties, "activity": activity})


_UPDATES: tuple[dict[str, object], ...] = (
    {"object": ""},
    {"object": "../owners"},
    {"object": "contact?archived=true"},
    {"key": RecordKey(property="", value="1")},
    {"key": RecordKey(property="a/b", value="1")},
    {"key": RecordKey(property="email", value="")},
    {"key": RecordKey(property="email", value="ada@example.com\n")},
    {"key": RecordKey(property="email", value="\ud800")},
    {"properties": {"a b": "1"}},
    {"properties": {"name": "a\0b"}},
    {"properties": {"name": "\ud800"}},
    {"properties": {"amount": float("nan")}},
    {"activity": Activity(text="")},
    {"activity": Activity(text=" \n")},
    {"activity": Activity(text="a\0b")},
    {"activity": Activity(text="a" * 30_001)},
    {"activity": Activity(text="a", subject="a\nb")},
)
