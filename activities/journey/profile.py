"""Know an end customer: contact points, zone, locale, consents."""

import asyncio
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from activities.journey import shapes
from public_works.customers import Customer, Customers
from symphainy.capability import Call, capability
from symphainy.catalog import Channel, Example
from symphainy.delivery import Purpose
from symphainy.errors import Refused

__all__ = ["Asked", "Changes", "Consent", "Profile", "profile"]


CONTACT: JsonDict = {"x-data-class": "contact"}


class Consent(BaseModel):
    """What a customer said about one channel and purpose."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    purpose: Purpose
    granted: bool
    at: AwareDatetime | None = Field(None, description="When it was said; now, if left out.")


class Changes(BaseModel):
    """The fields to set; null clears one, what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    email: str | None = Field(None, description="local@domain.")
    phone: str | None = Field(None, description="E.164, such as +4312345678.")
    zone: str | None = Field(None, description="IANA time zone, such as Europe/Vienna.")
    locale: str | None = Field(None, description="BCP 47 tag, such as de-AT.")
    consents: list[Consent] = Field(
        default_factory=list, description="Replace what was said earlier on channel and purpose."
    )


class Asked(BaseModel):
    """Whose profile, and what to change in it."""

    model_config = ConfigDict(extra="forbid")

    customer: str = Field(description="The customer's id, as the client's systems know it.")
    set: Changes | None = None


class Profile(BaseModel):
    """What is known of a customer."""

    customer: str
    name: str | None
    email: str | None = Field(json_schema_extra=CONTACT)
    phone: str | None = Field(json_schema_extra=CONTACT)
    zone: str | None
    locale: str | None
    consents: list[Consent]


_ADA = {
    "customer": "c-1",
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": None,
    "zone": "Europe/London",
    "locale": "en-GB",
    "consents": [
        {
            "channel": "email",
            "purpose": "marketing",
            "granted": False,
            "at": "2026-01-31T09:00:00Z",
        }
    ],
}


@capability(
    "journey.profile",
    effect="write",
    examples=(
        Example(
            title="Create a customer, or change one",
            takes={
                "customer": "c-1",
                "set": {
                    "name": "Ada Lovelace",
                    "email": "ada@example.com",
                    "zone": "Europe/London",
                    "locale": "en-GB",
                    "consents": _ADA["consents"],
                },
            },
            gives=_ADA,
        ),
        Example(title="Read a customer", takes={"customer": "c-1"}, gives=_ADA),
    ),
)
async def profile(call: Call, asked: Asked) -> Profile:
    """Read an end customer's profile, after changing it if asked to.

    Setting creates a customer that does not exist; reading one that does not exist is refused
    (`profile.unknown`). Consents are kept by channel and purpose, the one said last counts.
    """
    customers = call.service(Customers)
    _check("id", shapes.customer(asked.customer), "/customer")
    changes = _changes(asked.set)
    if changes:
        return _profile(
            await asyncio.to_thread(customers.upsert, call.tenant, asked.customer, **changes)
        )
    found = await asyncio.to_thread(customers.get, call.tenant, asked.customer)
    if found is None:
        raise Refused(
            "profile.unknown",
            f"there is no customer {asked.customer!r}; set something to create it",
            pointer="/customer",
        )
    return _profile(found)


def _changes(asked: Changes | None) -> dict[str, Any]:
    changes = asked.model_dump(exclude_unset=True, exclude={"consents"}) if asked else {}
    for name, value in changes.items():
        if value is not None:
            _check(name, shapes.FIELDS[name](value), f"/set/{name}")
    if asked and asked.consents:
        changes["consents"] = [one.model_dump(exclude_none=True) for one in asked.consents]
    return changes


def _check(field: str, wrong: str | None, pointer: str) -> None:
    if wrong:
        raise Refused(f"profile.{field}", wrong, pointer=pointer)


def _profile(customer: Customer) -> Profile:
    known = customer.model_dump(exclude={"tenant", "id", "updated"})
    return Profile.model_validate({"customer": customer.id, **known})
