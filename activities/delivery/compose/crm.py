"""Records of a CRM, and what is kept with them."""

from dataclasses import replace
from typing import Any

from activities.delivery.compose.letter import Letter, rendered
from public_works.customers import Customer
from symphainy.delivery import Activity, CrmUpdate, Recipient, RecordKey, addressed
from symphainy.delivery.records import quarrels
from symphainy.errors import Refused
from symphainy.plan import Experience

__all__ = ["compose"]


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> CrmUpdate:
    """The letter as a record as it should be, with what happened."""
    said = letter.arguments
    for place, wrong in quarrels(said):
        raise Refused("delivery.arguments", f"with{place}: {wrong}")
    kind = said.get("object", "contact")
    key = _key(letter, person, kind)
    return CrmUpdate(
        to=Recipient(
            address=key.value,
            customer=person.id if person else letter.customer,
            locale=person.locale if person else None,
            zone=person.zone if person else None,
        ),
        object=kind,
        key=key,
        properties=said.get("set") or {},
        activity=_activity(letter, person),
    )


def _key(letter: Letter, person: Customer | None, kind: str) -> RecordKey:
    """What `key` says; of a contact without one, the customer's mail address."""
    for name, value in (letter.arguments.get("key") or {}).items():
        return RecordKey(property=name, value=str(value))
    written = letter.to if isinstance(letter.to, dict) else {}
    known = (person and person.email) or written.get("email") or addressed(letter.to)
    if kind != "contact":
        raise Refused("delivery.arguments", f"with: say which {kind} it is by its `key`")
    if not isinstance(known, str):
        raise Refused("delivery.no-address", "nobody knows the email address of this customer")
    return RecordKey(property="email", value=known)


def _activity(letter: Letter, person: Customer | None) -> Activity | None:
    said = letter.arguments
    written: dict[str, Any] = said.get("activity") or {}
    if not written and "note" not in said and "template" not in said:
        return None
    own = {"text": written.get("text", said.get("note")), "subject": written.get("subject")}
    parts = {**letter.parts, **{part: one for part, one in own.items() if one is not None}}
    told = replace(letter, parts=parts)
    return Activity(
        kind=written.get("kind", "note"),
        text=rendered(told, person, "text") or "",
        subject=rendered(told, person, "subject"),
    )
