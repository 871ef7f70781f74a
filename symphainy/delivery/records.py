"""What steps say of records and tickets: its JSON Schema, and what it needs of an adapter."""

from collections.abc import Iterator
from typing import Any

from symphainy.json import Json

__all__ = ["REQUEST", "TOGETHER", "UPDATE", "needs", "quarrels"]

TOGETHER = "update with activity"
"""The feature of keeping an activity in the same write that makes a record as it should be."""
_VALUE = {"type": ["string", "number", "boolean", "null"]}
_TEXT = {"type": "string", "minLength": 1}
_WORDS: dict[str, Any] = {
    "template": {"type": "string", "description": "A template of the experience."},
    "data": {"type": "object", "description": "What templates and texts read."},
}
_ACTIVITY = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["note", "call", "email", "task"], "default": "note"},
        "subject": {**_TEXT, "description": "What it is about, as a Liquid template."},
        "text": {**_TEXT, "description": "What happened, as a Liquid template."},
    },
    "additionalProperties": False,
    "description": "Something that happened, kept with the record; without `text`, what the "
    "`template` says.",
}
UPDATE: dict[str, Any] = {
    "type": "object",
    "properties": {
        **_WORDS,
        "to": {
            "type": ["string", "object", "null"],
            "description": "The customer whom the record is about: the id, or an object with "
            "`id` or `email`. Policies are asked about this customer.",
        },
        "object": {
            **_TEXT,
            "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,79}$",
            "default": "contact",
            "description": "contact, company, deal, ticket, or what the system itself calls it.",
        },
        "key": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]{0,99}$"},
            "additionalProperties": {"type": ["string", "integer"], "minLength": 1},
            "description": "What tells the record from all others: a property that is unique in "
            "the system, with its value. Without it, a contact is known by the `email` of the "
            "customer in `to`.",
        },
        "set": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_.]{0,99}$"},
            "additionalProperties": _VALUE,
            "description": "Properties as they should be, by their names in the system; null "
            "empties one.",
        },
        "note": {
            **_TEXT,
            "description": "A note kept with the record, as a Liquid template: short for an "
            "`activity` with that text.",
        },
        "activity": _ACTIVITY,
    },
    "anyOf": [{"required": ["key"]}, {"required": ["to"]}],
    "additionalProperties": False,
}
"""`with` of the channel crm."""

REQUEST: dict[str, Any] = {
    "type": "object",
    "properties": {
        **_WORDS,
        "to": {
            "type": ["string", "object", "null"],
            "description": "Who asks: the id of a customer, a mail address, or an object with "
            "`id`, or `email` and `name`.",
        },
        "subject": {"type": "string", "description": "What it is about, as a Liquid template."},
        "text": {"type": "string", "description": "The words, as a Liquid template."},
        "html": {"type": "string", "description": "The same as HTML, as a Liquid template."},
        "key": {
            "type": ["string", "integer", "null"],
            "minLength": 1,
            "maxLength": 200,
            "description": "Names the ticket over several messages: the first opens it, later "
            "ones continue it. Without it, every message opens one.",
        },
        "kind": {"enum": ["question", "incident", "problem", "task", None]},
        "priority": {"enum": ["low", "normal", "high", "urgent", None]},
        "status": {
            "enum": ["open", "pending", "solved", None],
            "description": "What the ticket is from this message on.",
        },
        "public": {
            "type": "boolean",
            "default": True,
            "description": "Whether the one who asks may read the words.",
        },
        "tags": {
            "type": "array",
            "maxItems": 50,
            "items": {"type": "string", "pattern": "^[A-Za-z0-9_./-]{1,100}$"},
            "description": "Words that tickets are found by.",
        },
        "fields": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$"},
            "additionalProperties": _VALUE,
            "description": "Fields of the help desk's own, by what it calls them.",
        },
    },
    "required": ["to"],
    "anyOf": [{"required": ["template"]}, {"required": ["text"]}],
    "additionalProperties": False,
}
"""`with` of the channel ticket."""


def needs(written: Json) -> Iterator[tuple[str, str]]:
    """What an adapter has to be able to do for an update, with where it is asked for."""
    arguments = written if isinstance(written, dict) else {}
    for part in ("note", "activity", "template"):
        if arguments.get("set") and part in arguments:
            yield f"/{part}", TOGETHER
            return


def quarrels(written: Json) -> Iterator[tuple[str, str]]:
    """Where parts of an update do not fit each other, and why not."""
    arguments = written if isinstance(written, dict) else {}
    activity = arguments.get("activity")
    for part in ("activity", "template"):
        if "note" in arguments and part in arguments:
            yield f"/{part}", f"`note` says what happened already: leave it or `{part}` out"
    if isinstance(activity, dict) and "text" not in activity and "template" not in arguments:
        yield "/activity", "it says nothing: give it a `text`, or name a `template`"
    if "template" in arguments and isinstance(activity, dict) and "text" in activity:
        yield "/template", "`activity` has a text of its own: leave one of the two out"
