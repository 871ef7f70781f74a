"""Mails."""

from activities.delivery.compose.letter import Letter, recipient, rendered
from public_works.customers import Customer
from symphainy.delivery import EmailMessage
from symphainy.plan import Experience

__all__ = ["compose"]


def compose(
    letter: Letter, person: Customer | None, bound: Experience, sender: str
) -> EmailMessage:
    """The letter as a mail."""
    return EmailMessage(
        to=recipient(letter, person, "email", "email address"),
        sender=bound.sender or sender,
        subject=rendered(letter, person, "subject") or "",
        text=rendered(letter, person, "text") or "",
        html=rendered(letter, person, "html"),
    )
