"""Answers to requests that started runs."""

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import WORDS
from symphainy.delivery import ApiResponse, Message

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: ApiResponse) -> Received:
    return Received(message.to.address, None, str(message.status), data=message.body)


def in_many_scripts(message: ApiResponse) -> Message:
    body = {"wörter": [WORDS] * 50, "number": 1.5, "none": None, "yes": True, "empty": {}}
    return message.model_copy(update={"status": 422, "body": body})


def of_dots(message: ApiResponse) -> Message:
    return message.model_copy(update={"body": "one\n.\n..\n.two\n"})


def malformed(message: ApiResponse) -> list[Message]:
    return [message.model_copy(update=one) for one in _ANSWERS]


_ANSWERS: tuple[dict[str, object], ...] = (
    {"status": 100},
    {"status": 199},
    {"status": 600},
    {"status": 204, "body": {"some": "body"}},
    {"body": {"text": "\ud800"}},
    {"body": float("nan")},
    {"body": {"set": {1, 2}}},
    {"body": "a" * 1_000_001},
    {"headers": {"X-Note": "1\r\nX-Evil: 1"}},
    {"headers": {"X Note": "1"}},
    {"headers": {"Set-Cookie": "a=b"}},
    {"headers": {"Content-Length": "1"}},
    {"headers": {"Transfer-Encoding": "chunked"}},
)
