"""Text messages."""

from activities.delivery.compose.letter import Letter, recipient, rendered
from public_works.customers import Customer
from symphainy.delivery import SmsMessage
from symphainy.delivery.segments import spaced
from symphainy.plan import Experience

__all__ = ["compose"]


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> SmsMessage:
    """The letter as a text message: its text."""
    # Some providers cut off spaces at the ends, and are asked for the very text later.
    text = spaced(rendered(letter, person, "text") or "").strip()
    to = recipient(letter, person, "phone", "phone number")
    return SmsMessage(to=to, sender=bound.sender or sender, text=text)
