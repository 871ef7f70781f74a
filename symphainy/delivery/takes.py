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

TAKES: Mapping[Channel, dict[str, Any]] = {
    "email": _MAIL,
    # A text message leaves out what it has no room for: the flow does not change with the channel.
    "sms": _MAIL,
    "voice": {"type": "object"},
    "chat": {"type": "object"},
    "crm": {"type": "object"},
    "ticket": {"type": "object"},
    "webhook": {"type": "object"},
    "api": {"type": "object"},
    "widget": {"type": "object"},
}
