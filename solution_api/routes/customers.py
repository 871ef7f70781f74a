"""End customers."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, Field, field_validator

from smart_city.window import zone
from solution_api.auditing import note
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, takes
from solution_api.views import Customer, Page, page
from symphainy.catalog import Channel
from symphainy.delivery import Purpose
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/customers", tags=["Customers"])

MARIA: Json = {
    "name": "Maria",
    "email": "maria@example.com",
    "zone": "Europe/Berlin",
    "locale": "de-DE",
    "consents": [{"channel": "email", "purpose": "marketing", "granted": True}],
}
Id = Annotated[str, Path(description="Your id of the customer.", examples=["c-17"])]


class Said(BaseModel, extra="forbid"):
    """What a customer says about one channel and purpose."""

    channel: Channel
    purpose: Purpose
    granted: bool
    at: AwareDatetime | None = Field(None, description="When; by default now.")


class Changes(BaseModel, extra="forbid"):
    """What to put; what is left out stays as it is, null removes."""

    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=320)
    phone: str | None = Field(None, max_length=40)
    zone: str | None = Field(None, description="IANA time zone.")
    locale: str | None = Field(None, max_length=35)
    consents: list[Said] = Field(default=[], max_length=100)

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and zone(value) is None:
            raise ValueError(f"{value[:60]!r} is no IANA time zone, such as Europe/Berlin")
        return value


@router.get("", responses=answers("store.key-too-long"))
async def list_customers(
    services: Held, by: Reader, cursor: Cursor = None, limit: Limit = 50
) -> Page[Customer]:
    """Customers by id."""
    found = await asyncio.to_thread(services.stores.customers.list, by.tenant, cursor, limit + 1)
    return page(Customer, found, limit)


@router.get("/{customer}", responses=answers("customer.missing", "store.key-too-long"))
async def get_customer(services: Held, by: Reader, customer: Id) -> Customer:
    """A customer: contact points, zone, locale, consents."""
    found = await asyncio.to_thread(services.stores.customers.get, by.tenant, customer)
    if found is None:
        raise Refused("customer.missing", f"There is no customer {customer[:80]!r}.")
    return Customer.model_validate(found)


@router.put(
    "/{customer}",
    responses=answers("customer.field", "store.key-too-long", *BODY),
    openapi_extra=takes(Changes.model_json_schema(), MARIA, required=True),
)
async def put_customer(
    services: Held, by: Operator, customer: Id, changes: Annotated[Changes, Depends(model(Changes))]
) -> Customer:
    """Enter a customer, or change what the body names. A consent replaces an earlier one only."""
    asked = changes.model_dump(exclude_unset=True)
    if "consents" in asked:
        asked["consents"] = [one.model_dump(exclude_none=True) for one in changes.consents]
    said = (f"{one.channel}/{one.purpose}:{one.granted}" for one in changes.consents)
    note(fields=" ".join(sorted(asked)), consents=" ".join(sorted(said)))
    kept = await asyncio.to_thread(services.stores.customers.upsert, by.tenant, customer, **asked)
    return Customer.model_validate(kept)
