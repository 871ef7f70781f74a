"""What a mail may not have, whoever carries it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from experience_adapters import addresses
from experience_adapters.flaw import Flaw, in_text
from symphainy.delivery import EmailMessage

__all__ = ["Flaw", "Mailbox", "flaws", "mailbox"]

_NAME = re.compile(r"[!-9;-~]+")
_NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>\s*")
_OURS = frozenset(
    {"bcc", "cc", "date", "from", "message-id", "mime-version", "received", "return-path"}
    | {"sender", "subject", "to", "x-symphainy-delivery"}
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and the name shown with it."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def mailbox(text: str) -> Mailbox:
    """The mailbox in `Name <address>` or in `address`."""
    named = _NAMED.fullmatch(text)
    if named is None:
        return Mailbox("", text.strip())
    return Mailbox(named["name"].strip('"'), named["address"])


def flaws(message: EmailMessage, sender: str) -> list[Flaw]:
    """What is wrong with `message` from `sender`; empty when any mail system should take it."""
    return [*_addresses(message, sender), *_headers(message), *_texts(message)]


def _addresses(message: EmailMessage, sender: str) -> Iterator[Flaw]:
    origin = mailbox(sender)
    for address in (message.to.address, origin.address):
        wrong = addresses.email(address)
        if wrong:
            yield Flaw("delivery.address", wrong)
    if not _one_line(origin.name):
        yield Flaw("delivery.header", "the sender's name is more than one line")


def _headers(message: EmailMessage) -> Iterator[Flaw]:
    if not _one_line(message.subject):
        yield Flaw("delivery.header", "the subject is more than one line of text")
    for name, value in message.headers.items():
        if not _NAME.fullmatch(name):
            yield Flaw("delivery.header", f"{name!r} is no header name")
        elif name.lower() in _OURS or name.lower().startswith("content-"):
            yield Flaw("delivery.header", f"the header {name!r} is the adapter's to set")
        elif not _one_line(value):
            yield Flaw("delivery.header", f"the header {name!r} is more than one line of text")


def _texts(message: EmailMessage) -> Iterator[Flaw]:
    for part, text in (("text", message.text), ("html", message.html or "")):
        yield from in_text(part, text)


def _one_line(text: str) -> bool:
    return len(text.splitlines()) < 2 and text.replace("\t", " ").isprintable()
