"""What a step says about its message, and what all channels make of that."""

from dataclasses import dataclass
from typing import Any

from public_works.customers import Customer
from symphainy.delivery import Recipient, addressed
from symphainy.delivery.takes import TAKES
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Experience, Template
from symphainy.schema import mismatches
from symphainy.template.contract import PROVIDED
from symphainy.template.wording import PARTS, Part, Wording, wording

__all__ = [
    "PARTS",
    "Letter",
    "about",
    "check_data",
    "letter_of",
    "recipient",
    "rendered",
    "worded",
]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a step says about its message, in `with`."""

    to: Json
    data: dict[str, Any]
    parts: dict[str, str]
    """Liquid sources that are written in the step, before those of the template: text, subject,
    html."""
    arguments: dict[str, Any]
    """All that it says."""
    template: Template | None = None
    locale: str | None = None
    zone: str | None = None
    """Of the experience, for readers nobody knows it of."""

    @property
    def customer(self) -> str | None:
        """The id of the customer it is for, if it names one."""
        to = self.to.get("id") if isinstance(self.to, dict) else self.to
        return to if isinstance(to, str) and addressed(to) is None else None


def letter_of(arguments: Json, bound: Experience) -> Letter:
    """The letter that `with` asks for. Refused `delivery.arguments` if it does not."""
    if not isinstance(arguments, dict):
        raise Refused("delivery.arguments", "`with` has to say `to`, and a template or a text")
    name, known = arguments.get("template"), bound.templates
    if name is not None and name not in known:
        there = ", ".join(sorted(known)) or "none"
        raise Refused("delivery.arguments", f"there is no template {name!r}; there are: {there}")
    for wrong in mismatches(TAKES[bound.channel], arguments):
        raise Refused("delivery.arguments", f"with{wrong.pointer}: {wrong.message}")
    data = arguments.get("data")
    inline = {part: arguments[part] for part in PARTS if part in arguments}
    return Letter(
        to=arguments.get("to"),
        data=data if isinstance(data, dict) else {},
        parts={part: source for part, source in inline.items() if isinstance(source, str)},
        arguments=arguments,
        template=known[name] if name is not None else None,
        locale=bound.locale,
        zone=bound.zone,
    )


def check_data(letter: Letter) -> None:
    """Hold the data against the contract of the template. Refused `template.data`."""
    contract = letter.template.data if letter.template is not None else None
    if contract is None:
        return
    own = {name: value for name, value in letter.data.items() if name not in PROVIDED}
    for wrong in mismatches(contract, own):
        told = f"data{wrong.pointer}: {wrong.message}"
        raise Refused("template.data", f"the template cannot be filled: {told}")


def rendered(letter: Letter, person: Customer | None, part: Part) -> str | None:
    """That part of the letter as `person` gets it; None if the letter has no such part."""
    data = {**letter.data, "customer": about(letter, person)}
    return worded(letter, person).render(part, data)


def worded(letter: Letter, person: Customer | None) -> Wording:
    """The letter in the language of `person`."""
    known = about(letter, person)
    locale, zone = known.get("locale"), known.get("zone")
    return wording(
        letter.template,
        letter.parts,
        locale=locale if isinstance(locale, str) else None,
        zone=zone if isinstance(zone, str) else letter.zone,
        fallback=letter.locale,
    )


def recipient(letter: Letter, person: Customer | None, field: str, called: str) -> Recipient:
    """Whom it goes to, by the `field` of a customer that the channel writes to.

    Refused("delivery.no-address") if nobody knows it.
    """
    written = letter.to if isinstance(letter.to, dict) else {}
    address = getattr(person, field, None) or written.get(field) or addressed(letter.to)
    if not isinstance(address, str):
        raise Refused("delivery.no-address", f"nobody knows the {called} of this customer")
    return Recipient(
        address=address,
        customer=person.id if person else letter.customer,
        locale=person.locale if person else None,
        zone=person.zone if person else None,
    )


def about(letter: Letter, person: Customer | None) -> dict[str, Json]:
    """What templates know of the customer."""
    written = letter.to if isinstance(letter.to, dict) else {}
    if person is None:
        return written
    known = {"id": person.id, "name": person.name, "locale": person.locale, "zone": person.zone}
    return {**written, **{name: value for name, value in known.items() if value is not None}}
