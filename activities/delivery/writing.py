"""What a step's message says, to whom, and by what it really goes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from activities.delivery.care import Links, linked, redirected
from activities.delivery.compose import Letter, compose, letter_of
from activities.delivery.compose.letter import PARTS
from public_works import Settings, Stores
from public_works.customers import Customer
from public_works.keyfiles import link_key
from public_works.links import LinkSeal
from smart_city.grant import Grant
from symphainy.delivery import Message
from symphainy.json import Json
from symphainy.plan import Experience

__all__ = ["Writer", "Written"]

NO_LINKS = {"unsubscribe_url": "", "preferences_url": ""}
"""What templates have where the world does not reach this platform."""


class Written(NamedTuple):
    """A message that is ready."""

    bound: Experience
    """What it goes by, which is the sandbox where people are not to be reached."""
    message: Message
    person: Customer | None
    data: dict[str, Any]
    """What it says, for a digest."""


class Writer:
    """Writes the messages of steps; the same step says the same at every attempt."""

    def __init__(self, stores: Stores, settings: Settings) -> None:
        self._stores = stores
        self._settings = settings
        self._seal = LinkSeal(link_key(settings.home))

    def written(
        self, grant: Grant, id: str, bound: Experience, arguments: Json, seen: Customer | None
    ) -> Written:
        """The message of the delivery `id`: alone, or for all that waited with it. `seen` is the
        customer as the last look at this attempt saw them.

        Refused: as `compose`.
        """
        letter = letter_of(arguments, bound)
        person = self._person(grant.tenant, letter, seen)
        links = self._links(grant.tenant, id, person, bound)
        known: dict[str, Any] = {**(links.data if links else NO_LINKS)}
        alone = replace(letter, data={**known, **letter.data})
        items = self._stores.digests.items(grant.tenant, id) if bound.digest else []
        if bound.digest and len(items) > 1:
            known["items"] = [one.data for one in items]
            alone = _together(letter, bound, bound.digest.template, known)
        message = compose(alone, person, bound, self._sender(bound))
        allowed = self._settings.delivery_allow
        return Written(
            bound=redirected(bound, message, grant.environment, allowed),
            message=linked(message, bound, links),
            person=person,
            data={**_said(message), **letter.data},
        )

    def _person(self, tenant: str, letter: Letter, seen: Customer | None) -> Customer | None:
        if letter.customer is None or (seen is not None and seen.id == letter.customer):
            return seen if letter.customer is not None else None
        return self._stores.customers.get(tenant, letter.customer)

    def _links(
        self, tenant: str, id: str, person: Customer | None, bound: Experience
    ) -> Links | None:
        customer = person.id if person else None
        return Links.of(
            self._settings, self._seal, tenant=tenant, delivery=id, customer=customer, bound=bound
        )

    def _sender(self, bound: Experience) -> str:
        senders: Mapping[str, str | None] = {
            "email": self._settings.mail_from,
            "sms": self._settings.sms_from,
            "voice": self._settings.voice_from,
        }
        return senders.get(bound.channel) or ""


def _together(letter: Letter, bound: Experience, template: str, known: dict[str, Any]) -> Letter:
    asked = {name: value for name, value in letter.arguments.items() if name not in PARTS}
    several = letter_of({**asked, "template": template}, bound)
    return replace(several, data=known)


def _said(message: Message) -> dict[str, Any]:
    parts = {part: getattr(message, part, None) for part in ("subject", "text")}
    return {part: said for part, said in parts.items() if said}
