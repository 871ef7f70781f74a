"""Messages in conversations."""

from collections.abc import Iterator

from activities.delivery.compose.letter import Letter, rendered
from public_works.customers import Customer
from symphainy.delivery import ChatMessage, Choice, Recipient
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Experience

__all__ = ["compose"]


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> ChatMessage:
    """The letter as a message of a conversation: its text, and answers to choose from."""
    thread = letter.arguments.get("thread")
    return ChatMessage(
        to=_to(letter, person, bound),
        sender=bound.sender or sender,
        text=(rendered(letter, person, "text") or "").strip(),
        choices=tuple(_choices(letter.arguments.get("choices"))),
        thread=thread if isinstance(thread, str) else None,
    )


def _to(letter: Letter, person: Customer | None, bound: Experience) -> Recipient:
    """The conversation: what `to` says it is (`chat`), else the one that the experience writes
    to, else the customer's own."""
    written = letter.to if isinstance(letter.to, dict) else {}
    places = (written.get("chat"), bound.settings.get("channel"), letter.customer)
    place = next((one for one in places if isinstance(one, str) and one), None)
    if place is None:
        raise Refused("delivery.no-address", "nobody knows the conversation with this customer")
    return Recipient(
        address=place,
        customer=person.id if person else letter.customer,
        locale=person.locale if person else None,
        zone=person.zone if person else None,
    )


def _choices(written: Json) -> Iterator[Choice]:
    for one in written if isinstance(written, list) else ():
        if isinstance(one, dict):
            title = str(one.get("title"))
            yield Choice(title=title, value=str(one.get("value", title)))
        else:
            yield Choice(title=str(one), value=str(one))
