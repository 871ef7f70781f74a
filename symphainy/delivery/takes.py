"""What a step says in `with` to a channel, as JSON Schema (2020-12): checked when a definition is
compiled, as far as it is written out, and again when the step is done."""

from collections.abc import Mapping
from typing import Any

from symphainy.catalog import Channel

__all__ = ["TAKES"]

_TO = {
    "type": ["string", "object", "null"],
    "description": "Whom it is for: the id of a customer, an address, or an object with the "
    "customer's `id` or an address.",
}
_DATA = {"type": "object", "description": "What the template reads."}
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

TAKES: Mapping[Channel, dict[str, Any]] = {
    "email": _MAIL,
    # A text message leaves out what it has no room for: the flow does not change with the channel.
    "sms": _MAIL,
    "voice": {"type": "object"},
    "chat": _CHAT,
    "crm": {"type": "object"},
    "ticket": {"type": "object"},
    "webhook": _EVENT,
    "api": _ANSWER,
    "widget": {"type": "object"},
}
