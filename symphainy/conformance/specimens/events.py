"""Events for servers."""

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import WORDS
from symphainy.delivery import Message, Recipient, WebhookEvent

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: WebhookEvent) -> Received:
    return Received(message.to.address, message.type, "", data=message.data)


def in_many_scripts(message: WebhookEvent) -> Message:
    data = {"wörter": [WORDS] * 50, "number": 1.5, "none": None, "yes": True, "empty": {}}
    return message.model_copy(update={"data": data})


def of_dots(message: WebhookEvent) -> Message:
    return message.model_copy(update={"data": ["one\n.\n..\n.two\n", "\r\n\r\n", "\0"]})


def malformed(message: WebhookEvent) -> list[Message]:
    return [message.model_copy(update=one) for one in _EVENTS]


_EVENTS: tuple[dict[str, object], ...] = (
    {"to": Recipient(address="")},
    {"to": Recipient(address="two words")},
    {"to": Recipient(address="ftp://example.com/hook")},
    {"to": Recipient(address="https://")},
    {"to": Recipient(address="https://ada:secret@example.com/hook")},
    {"to": Recipient(address="https://example.com/a\r\nX-Evil: 1")},
    {"type": ""},
    {"type": "invoice paid"},
    {"type": "invoice.paid\r\nX-Evil: 1"},
    {"type": "a" * 201},
    {"data": {"text": "\ud800"}},
    {"data": float("nan")},
    {"data": {"set": {1, 2}}},
    {"data": "a" * 1_000_001},
)
