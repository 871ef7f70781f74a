"""Messages in conversations."""

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import WORDS
from symphainy.delivery import ChatMessage, Choice, Message, Recipient

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: ChatMessage) -> Received:
    choices = [[one.title, one.value] for one in message.choices]
    return Received(message.to.address, None, message.text, data=choices)


def in_many_scripts(message: ChatMessage) -> Message:
    choices = (Choice(title="Ελλάδα & 日本", value="<1>"), Choice(title="🙂", value=WORDS))
    return message.model_copy(
        update={"text": f"{WORDS} <b> & *c*\n" * 40 + "!", "choices": choices}
    )


def of_dots(message: ChatMessage) -> Message:
    return message.model_copy(update={"text": "one\n.\n..\n.two\n> three\n!", "choices": ()})


def malformed(message: ChatMessage) -> list[Message]:
    return [message.model_copy(update=one) for one in _MESSAGES]


_MESSAGES: tuple[dict[str, object], ...] = (
    {"to": Recipient(address="")},
    {"to": Recipient(address="a b")},
    {"to": Recipient(address="a\n")},
    {"text": ""},
    {"text": " \n"},
    {"text": "a\0b"},
    {"text": "\ud800"},
    {"text": "a" * 12_001},
    {"choices": (Choice(title="", value="a"),)},
    {"choices": (Choice(title="a", value=""),)},
    {"choices": (Choice(title="a" * 76, value="a"),)},
    {"choices": (Choice(title="a", value="a" * 2_001),)},
    {"choices": (Choice(title="a", value="1"), Choice(title="b", value="1"))},
    {"choices": tuple(Choice(title=str(one), value=str(one)) for one in range(26))},
)
