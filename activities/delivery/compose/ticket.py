"""Requests in a help desk."""

from activities.delivery.compose.letter import Letter, recipient, rendered
from public_works.customers import Customer
from symphainy.delivery import Ticket
from symphainy.plan import Experience

__all__ = ["compose"]


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> Ticket:
    """The letter as a request of the one it names in `to`."""
    said = letter.arguments
    key = said.get("key")
    written = letter.to if isinstance(letter.to, dict) else {}
    name = (person.name if person else None) or written.get("name")
    return Ticket(
        to=recipient(letter, person, "email", "email address"),
        subject=(rendered(letter, person, "subject") or "").strip(),
        text=(rendered(letter, person, "text") or "").strip(),
        html=rendered(letter, person, "html"),
        key=None if key is None else str(key),
        name=name if isinstance(name, str) and name.strip() else None,
        kind=said.get("kind"),
        priority=said.get("priority"),
        status=said.get("status"),
        public=said.get("public", True),
        tags=tuple(said.get("tags") or ()),
        fields=said.get("fields") or {},
    )
