"""Text messages."""

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import UNREADABLE, WORDS
from symphainy.delivery import Message, Recipient, SmsMessage

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: SmsMessage) -> Received:
    return Received(message.to.address, None, message.text)


def in_many_scripts(message: SmsMessage) -> Message:
    return message.model_copy(update={"text": f"{WORDS}\n" * 10 + "!"})


def of_dots(message: SmsMessage) -> Message:
    return message.model_copy(update={"text": "one\n.\n..\n.two\n"})


def malformed(message: SmsMessage) -> list[Message]:
    return [message.model_copy(update=one) for one in (*_TEXT_MESSAGES, *UNREADABLE)]


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
