"""The message of a step, composed: a module for each channel."""

from collections.abc import Callable, Mapping

from activities.delivery.compose import api, chat, crm, mail, text, ticket, voice, webhook
from activities.delivery.compose.letter import Letter, check_data, letter_of
from public_works.customers import Customer
from symphainy.catalog import Channel
from symphainy.delivery import Message
from symphainy.errors import Refused
from symphainy.json import digest
from symphainy.plan import Experience

__all__ = ["Letter", "compose", "fingerprint", "letter_of"]

Composer = Callable[[Letter, Customer | None, Experience, str], Message]

COMPOSERS: Mapping[Channel, Composer] = {
    "api": api.compose,
    "chat": chat.compose,
    "crm": crm.compose,
    "ticket": ticket.compose,
    "webhook": webhook.compose,
    "email": mail.compose,
    "sms": text.compose,
    "voice": voice.compose,
}


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> Message:
    """The letter, rendered and addressed; `sender` is who sends where the experience names
    nobody. A channel has of a letter what it has room for.

    Refused: delivery.arguments, delivery.no-address, template.*
    """
    composer = COMPOSERS.get(bound.channel)
    if composer is None:
        raise Refused("delivery.arguments", f"no message is made for the channel {bound.channel}")
    check_data(letter)
    return composer(letter, person, bound, sender)


def fingerprint(message: Message) -> str:
    """A digest of what the message says to whom, for the ledger."""
    said = message.model_dump(mode="json", exclude={"to", "sender", "headers"})
    return digest([message.to.address, said])
