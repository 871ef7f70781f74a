"""Events for servers."""

from activities.delivery.compose.letter import Letter
from activities.delivery.compose.said import said
from public_works.customers import Customer
from symphainy.delivery import Recipient, WebhookEvent
from symphainy.errors import Refused
from symphainy.plan import Experience

__all__ = ["compose"]

WORDS = "message"
"""The type of an event that is a message in words, where nobody named another."""


def compose(
    letter: Letter, person: Customer | None, bound: Experience, sender: str
) -> WebhookEvent:
    """The letter as an event: its data, or its words and its data."""
    kind = letter.arguments.get("type") or bound.settings.get("type") or WORDS
    return WebhookEvent(to=_to(letter, bound), type=str(kind), data=said(letter, person))


def _to(letter: Letter, bound: Experience) -> Recipient:
    places = (letter.arguments.get("endpoint"), bound.settings.get("endpoint"))
    place = next((one for one in places if isinstance(one, str) and one), None)
    if place is None:
        raise Refused(
            "delivery.no-address",
            "nobody says where the event goes: set `endpoint` of the experience, to a URL or to "
            "the name of an endpoint of /v1/webhooks",
        )
    return Recipient(address=place, customer=letter.customer)
