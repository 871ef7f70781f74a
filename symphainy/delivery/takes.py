"""What a step says in `with` to a channel, as JSON Schema (2020-12): checked when a definition is
compiled, as far as it is written out, and again when the step is done."""

from collections.abc import Mapping
from typing import Any

from symphainy.catalog import Channel
from symphainy.delivery.records import REQUEST, UPDATE
from symphainy.delivery.written import DEFINITIONS, SCRIPT, WORDS

__all__ = ["TAKES"]

_TO = {
    "type": ["string", "object", "null"],
    "description": "Whom it is for: the id of a customer, an address, or an object with the "
    "customer's `id` or an address.",
}
_DATA = {"type": "object", "description": "What the template reads."}
_EXPIRES = {
    "type": "string",
    "description": "When it is too late to send it: a duration from when the step began, such as "
    "PT15M, or a moment such as 2026-03-01T12:00:00Z.",
}
_WORDS: dict[str, Any] = {
    "to": _TO,
    "template": {"type": "string", "description": "A template of the experience."},
    "data": _DATA,
    "text": {"type": "string", "description": "The text, as a Liquid template."},
    "subject": {"type": "string", "description": "The subject, as a Liquid template."},
    "html": {"type": "string", "description": "The same as HTML, as a Liquid template."},
}
_SAYING = [{"required": ["template"]}, {"required": ["text"]}]
_MAIL = {
    "type": "object",
    "properties": _WORDS,
    "required": ["to"],
    "anyOf": _SAYING,
    "additionalProperties": False,
}
_CALL = {
    "type": "object",
    "properties": {
        **_WORDS,
        "text": {
            "type": "string",
            "description": "What is said, as a Liquid template, where there is no `script`.",
        },
        "script": {**SCRIPT, "description": "What is done in the call, step by step."},
        "language": {
            "type": ["string", "null"],
            "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
            "description": "The language that is spoken (BCP 47), if not the customer's.",
        },
        "machine": {
            "enum": ["ignore", "hang up", "leave message"],
            "description": "What is done where a machine answers.",
        },
        "message": {**WORDS, "description": "What is said to a machine, after its tone."},
        "ringSeconds": {
            "type": "integer",
            "minimum": 5,
            "maximum": 600,
            "default": 30,
            "description": "How long it rings at most.",
        },
    },
    "$defs": DEFINITIONS,
    "required": ["to"],
    "anyOf": [*_SAYING, {"required": ["script"]}],
    "if": {"properties": {"machine": {"const": "leave message"}}, "required": ["machine"]},
    "then": {"required": ["message"]},
    "additionalProperties": False,
}
_CHOICES = {
    "type": "array",
    "maxItems": 25,
    "items": {
        "type": ["string", "object"],
        "properties": {"title": {"type": "string"}, "value": {"type": "string"}},
        "required": ["title"],
        "additionalProperties": False,
    },
    "description": "Answers to choose from: texts, or objects with `title` and `value`.",
}
_CHAT = {
    "type": "object",
    "properties": {
        **_WORDS,
        "choices": _CHOICES,
        "thread": {
            "type": ["string", "null"],
            "description": "The message, as the vendor names it, that this one answers.",
        },
    },
    "anyOf": _SAYING,
    "additionalProperties": False,
}
_EVENT = {
    "type": "object",
    "properties": {
        **_WORDS,
        "data": {"description": "What the event says: any JSON."},
        "type": {
            "type": "string",
            "pattern": "^[A-Za-z0-9_]+(\\.[A-Za-z0-9_-]+)*$",
            "maxLength": 200,
            "description": "What happened, such as `invoice.paid`.",
        },
        "endpoint": {
            "type": ["string", "null"],
            "description": "Where it goes instead of the experience's `endpoint`: a URL, or the "
            "name of an endpoint of /v1/webhooks.",
        },
    },
    "additionalProperties": False,
}
_ANSWER = {
    "type": "object",
    "properties": {
        **_WORDS,
        "data": {"description": "What the answer says, if there is no `body`: any JSON."},
        "status": {"type": "integer", "minimum": 200, "maximum": 599, "default": 200},
        "body": {"description": "What is answered: any JSON."},
        "headers": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Headers of the answer.",
        },
    },
    "additionalProperties": False,
}

_TAKES: dict[Channel, dict[str, Any]] = {
    "email": _MAIL,
    "sms": _MAIL,
    "voice": _CALL,
    "chat": _CHAT,
    "crm": UPDATE,
    "ticket": REQUEST,
    "webhook": _EVENT,
    "api": _ANSWER,
    "widget": {"type": "object"},
}


def _timed(schema: dict[str, Any]) -> dict[str, Any]:
    """What any message says besides: until when it is worth sending."""
    return {**schema, "properties": {**schema.get("properties", {}), "expires": _EXPIRES}}


def _lenient(channel: Channel) -> dict[str, Any]:
    """The same with what is said for other channels that reach people: a step does not change
    with the channel, and each leaves out what it has no room for."""
    schema = _timed(_TAKES[channel])
    if channel not in _PEOPLE:
        return schema
    said = sorted({name for one in _PEOPLE for name in _TAKES[one]["properties"]})
    elsewhere = {name: {"description": "For other channels; left out here."} for name in said}
    return {**schema, "properties": {**elsewhere, **schema["properties"]}}


_PEOPLE: tuple[Channel, ...] = ("email", "sms", "voice", "chat")
TAKES: Mapping[Channel, dict[str, Any]] = {name: _lenient(name) for name in _TAKES}
