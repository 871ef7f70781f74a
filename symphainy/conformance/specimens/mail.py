"""Mails."""

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import UNREADABLE, WORDS
from symphainy.delivery import EmailMessage, Message, Recipient

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: EmailMessage) -> Received:
    return Received(message.to.address, message.subject, message.text, message.html)


def in_many_scripts(message: EmailMessage) -> Message:
    said = {"subject": f"{WORDS} " * 5 + "!", "html": f"<p>{WORDS}</p>\n"}
    return message.model_copy(update={"text": f"{WORDS}\n" * 50, **said})


def of_dots(message: EmailMessage) -> Message:
    return message.model_copy(update={"text": "one\n.\n..\n.two\n", "html": None})


def malformed(message: EmailMessage) -> list[Message]:
    return [message.model_copy(update=one) for one in (*_MAILS, *UNREADABLE)]


_MAILS: tuple[dict[str, object], ...] = (
    {"subject": "Hello\r\nBcc: eve@example.com"},
    {"subject": "Hello\nthere"},
    {"subject": "Hello\u2028there"},
    {"sender": "a@example.com\r\nBcc: eve@example.com"},
    {"sender": "Acme\r\nBcc: eve@example.com <a@example.com>"},
    {"to": Recipient(address="ada@example.com\r\nRCPT TO:<eve@example.com>")},
    {"to": Recipient(address="ada@example.com, eve@example.com")},
    {"to": Recipient(address="ada@example.com> SIZE=1")},
    {"headers": {"X-Note\r\nBcc": "eve@example.com"}},
    {"headers": {"X-Note": "1\r\nBcc: eve@example.com"}},
    {"headers": {"Bcc": "eve@example.com"}},
    {"headers": {"Content-Type": "text/html"}},
)
