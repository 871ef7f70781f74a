"""The message of a step: whom it is for, and what it says."""

import hashlib
from dataclasses import dataclass
from typing import Any

from public_works.customers import Customer
from symphainy import template
from symphainy.delivery import EmailMessage, Message, Recipient, SmsMessage, addressed
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Experience

__all__ = ["PARTS", "Letter", "compose", "fingerprint", "letter_of"]

PARTS = ("subject", "text", "html")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a step says about its message, in `with`."""

    to: Json
    data: dict[str, Any]
    parts: dict[str, str]
    """Liquid sources: text, and perhaps subject and html."""

    @property
    def customer(self) -> str | None:
        """The id of the customer it is for, if it names one."""
        to = self.to.get("id") if isinstance(self.to, dict) else self.to
        return to if isinstance(to, str) and addressed(to) is None else None


def letter_of(arguments: Json, bound: Experience) -> Letter:
    """The letter that `with` asks for. Refused `delivery.arguments` if it does not."""
    if not isinstance(arguments, dict):
        raise Refused("delivery.arguments", "`with` has to say `to`, and a template or a text")
    name = arguments.get("template")
    inline: dict[str, Any] = {part: arguments[part] for part in PARTS if part in arguments}
    if isinstance(name, str) and name in bound.templates:
        parts: dict[str, Any] = {**bound.templates[name], **inline}
    elif name is None and "text" in inline:
        parts = inline
    else:
        known = ", ".join(sorted(bound.templates)) or "none"
        raise Refused("delivery.arguments", f"there is no template {name!r}; there are: {known}")
    data = arguments.get("data")
    texts = {part: source for part, source in parts.items() if isinstance(source, str)}
    return Letter(arguments.get("to"), data if isinstance(data, dict) else {}, texts)


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> Message:
    """The letter, rendered and addressed; `sender` is who sends where the experience names
    nobody. A channel has of a letter what it has room for: a text message its text.

    Refused: delivery.no-address, template.*
    """
    data = {**letter.data, "customer": _about(letter, person)}
    text = template.compile(letter.parts["text"]).render(data)
    if bound.channel == "sms":
        # Some providers cut off spaces at the ends, and are asked for the very text later.
        to = _recipient(letter, person, "phone", "phone number")
        return SmsMessage(to=to, sender=bound.sender or sender, text=text.strip())
    html = letter.parts.get("html")
    return EmailMessage(
        to=_recipient(letter, person, "email", "email address"),
        sender=bound.sender or sender,
        subject=template.compile(letter.parts.get("subject", "")).render_line(data),
        text=text,
        html=template.compile(html, html=True).render(data) if html is not None else None,
    )


def fingerprint(message: Message) -> str:
    """A digest of what the message says, for the ledger."""
    content = [message.to.address, message.text]
    if isinstance(message, EmailMessage):
        content[1:1] = [message.subject]
        content.append(message.html or "")
    return hashlib.sha256("\0".join(content).encode()).hexdigest()


def _recipient(letter: Letter, person: Customer | None, field: str, called: str) -> Recipient:
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


def _about(letter: Letter, person: Customer | None) -> dict[str, Json]:
    written = letter.to if isinstance(letter.to, dict) else {}
    if person is None:
        return written
    known = {"id": person.id, "name": person.name, "locale": person.locale, "zone": person.zone}
    return {**written, **{name: value for name, value in known.items() if value is not None}}
