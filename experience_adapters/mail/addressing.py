"""Addresses as some mail systems want them."""

from collections.abc import Iterator

from experience_adapters.mail.mime import spelled
from experience_adapters.mail.rules import Flaw, mailbox
from symphainy.delivery import EmailMessage, Sending

__all__ = ["beyond_ascii", "with_reply_address"]


def beyond_ascii(message: EmailMessage, sender: str, vendor: str) -> Iterator[Flaw]:
    """The addresses that a vendor without internationalised mail cannot send from or to."""
    for address in (message.to.address, mailbox(sender).address):
        if not spelled(address).isascii():
            yield Flaw("delivery.unsupported", f"{vendor} takes no {address!r}: it is not ASCII")


def with_reply_address(message: EmailMessage, sending: Sending) -> EmailMessage:
    """`message`, with the binding's `replyTo` unless it has a Reply-To of its own."""
    address = sending.settings.get("replyTo")
    if address is None:
        return message
    return message.model_copy(update={"headers": {"Reply-To": str(address), **message.headers}})
