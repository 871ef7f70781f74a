"""The messages that the suite sends, by channel, made of the one that an author brings."""

from collections.abc import Mapping
from typing import Any, Protocol

from symphainy.catalog import Channel
from symphainy.conformance.case import Received
from symphainy.conformance.specimens import answers, chat, crm, events, mail, texts, ticket, voice
from symphainy.delivery import Message

__all__ = ["SPECIMENS", "expected", "in_many_scripts", "malformed", "of_dots"]


class Specimens(Protocol):
    """What a module of this package offers for its channel."""

    def expected(self, message: Any) -> Received:
        """What the twin should have of `message`."""
        ...

    def in_many_scripts(self, message: Any) -> Message:
        """A message as long as its channel takes one, in scripts of all kinds."""
        ...

    def of_dots(self, message: Any) -> Message:
        """A message with the lines that protocols of lines stumble over."""
        ...

    def malformed(self, message: Any) -> list[Message]:
        """Messages that would smuggle something in, or that nobody could read."""
        ...


SPECIMENS: Mapping[Channel, Specimens] = {
    "api": answers,
    "chat": chat,
    "crm": crm,
    "email": mail,
    "sms": texts,
    "ticket": ticket,
    "voice": voice,
    "webhook": events,
}


def expected(message: Message) -> Received:
    """What the twin should have of `message`."""
    return SPECIMENS[message.channel].expected(message)


def in_many_scripts(message: Message) -> Message:
    """A message as long as its channel takes one, in scripts of all kinds."""
    return SPECIMENS[message.channel].in_many_scripts(message)


def of_dots(message: Message) -> Message:
    """A message with the lines that protocols of lines stumble over."""
    return SPECIMENS[message.channel].of_dots(message)


def malformed(message: Message) -> list[Message]:
    """Messages that would smuggle something in, or that nobody could read."""
    return SPECIMENS[message.channel].malformed(message)
