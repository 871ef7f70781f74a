"""What one customer wants to hear about, for pages of the client's own."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from public_works.customers import Customer
from public_works.links import Link
from solution_api.auditing import note
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model
from solution_api.choices import Choice, titled
from solution_api.openapi import BODY, answers, takes
from solution_api.routes.customers import Id
from solution_api.services import Services
from solution_api.views import Preference, Preferences
from symphainy.catalog import Channel
from symphainy.json import Json

__all__ = ["router", "shown"]

router = APIRouter(prefix="/v1/customers", tags=["Customers"])

CHOSEN: Json = {"choices": []}


class Chosen(BaseModel, extra="forbid"):
    """A topic on a channel; without a topic, all other marketing there."""

    topic: str | None = Field(None, min_length=1, max_length=200)
    channel: Channel
    wanted: bool


class Choices(BaseModel, extra="forbid"):
    """What the customer says now; what is left out stays as it is."""

    choices: list[Chosen] = Field(default=[], max_length=500)


@router.get("/{customer}/preferences", responses=answers("customer.missing", "store.key-too-long"))
async def get_preferences(services: Held, by: Reader, customer: Id) -> Preferences:
    """What the customer can hear about, and wants to."""
    person = await asyncio.to_thread(services.chooser.customer, by.tenant, customer)
    offered = await asyncio.to_thread(services.chooser.offered, person)
    return shown(services, person, offered)


@router.put(
    "/{customer}/preferences",
    responses=answers("customer.missing", "preferences.unknown", "store.key-too-long", *BODY),
    openapi_extra=takes(Choices.model_json_schema(), CHOSEN, required=True),
)
async def put_preferences(
    services: Held, by: Operator, customer: Id, asked: Annotated[Choices, Depends(model(Choices))]
) -> Preferences:
    """Take down what the customer says, where the policy `consent` and every send look."""
    person = await asyncio.to_thread(services.chooser.customer, by.tenant, customer)
    wanted = {(one.topic, str(one.channel)): one.wanted for one in asked.choices}
    note(wanted=sum(wanted.values()), unwanted=len(wanted) - sum(wanted.values()))
    offered = await asyncio.to_thread(services.chooser.choose, person, wanted, by.id)
    return shown(services, person, offered)


def shown(services: Services, person: Customer, offered: list[Choice]) -> Preferences:
    """The choices of a customer, with the address of their own page if there is one."""
    language = (person.locale or "en").partition("-")[0].lower()
    base, url = services.settings.public_base_url, None
    if base is not None:
        link = Link(use="preferences", tenant=person.tenant, customer=person.id)
        url = f"{base.rstrip('/')}/preferences/{services.links.token(link)}"
    return Preferences(
        customer=person.id,
        choices=[
            Preference(
                topic=one.topic,
                title=titled(services.settings, one.topic, language) if one.topic else None,
                channel=one.channel,
                marketing=one.marketing,
                wanted=one.wanted,
            )
            for one in offered
        ],
        url=url,
    )
