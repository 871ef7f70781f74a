"""The messages that the suite sends, by channel, made of the one that an author brings."""

from symphainy.conformance.case import Received
from symphainy.delivery import EmailMessage, Message, Recipient

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]

WORDS = "Grüße, Ελλάδα, Україна, 日本語, עברית, 🙂"


def expected(message: Message) -> Received:
    """What the twin should have of `message`."""
    if isinstance(message, EmailMessage):
        return Received(message.to.address, message.subject, message.text, message.html)
    return Received(message.to.address, None, message.text)


def in_many_scripts(message: Message) -> Message:
    """A message as long as its channel takes one, in scripts of all kinds."""
    if isinstance(message, EmailMessage):
        said = {"subject": f"{WORDS} " * 5 + "!", "html": f"<p>{WORDS}</p>\n"}
        return message.model_copy(update={"text": f"{WORDS}\n" * 50, **said})
    return message.model_copy(update={"text": f"{WORDS}\n" * 10 + "!"})


def of_dots(message: Message) -> Message:
    """A message with the lines that protocols of lines stumble over."""
    plain = {"html": None} if isinstance(message, EmailMessage) else {}
    return message.model_copy(update={"text": "one\n.\n..\n.two\n", **plain})


def malformed(message: Message) -> list[Message]:
    """Messages that would smuggle something in, or that nobody could read."""
    spoilt = _MAILS if isinstance(message, EmailMessage) else _TEXT_MESSAGES
    return [message.model_copy(update=one) for one in (*spoilt, *_TEXTS)]


_TEXTS: tuple[dict[str, object], ...] = (
    {"text": "a\0b"},
    {"text": "\ud800"},
    {"to": Recipient(address="nobody")},
    {"to": Recipient(address="")},
)
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
_TEXT_MESSAGES: tuple[dict[str, object], ...] = (
    {"to": Recipient(address="+4366012345678,+4366087654321")},
    {"to": Recipient(address="+4366012345678\n")},
    {"to": Recipient(address="066012345678")},
    {"to": Recipient(address="+43 660 12345678")},
    {"to": Recipient(address="+٤٣٦٦٠١٢٣٤٥٦٧٨")},
    {"sender": "Acme\r\nTo: +4366087654321"},
    {"text": ""},
    {"text": " \n"},
    {"text": "a" * 1_601},
)
