"""Forgetting end customers."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from solution_api.auditing import note
from solution_api.auth import Administrator, Auditor, Held
from solution_api.bodies import model
from solution_api.headers import IdempotencyKey
from solution_api.openapi import BODY, answers, takes
from solution_api.views import Page
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Customers"])


class Wanted(BaseModel, extra="forbid"):
    """Why somebody is to be forgotten."""

    reason: str = Field(min_length=1, max_length=500, description="It is on record for ever.")


class Erasure(BaseModel):
    """A forgetting, as it is shown."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    subject: str
    """The token the audit log has for them, which leads to nobody any more."""
    by: str
    reason: str
    counts: dict[str, int]
    """By table, how many rows went or were emptied."""
    at: AwareDatetime
    settled: AwareDatetime | None
    """When nothing more could come in of them."""


@router.post(
    "/customers/{customer}/erase",
    status_code=202,
    responses=answers("customer.missing", "store.key-too-long", "run.temporal-unreachable", *BODY),
    openapi_extra=takes(
        Wanted.model_json_schema(), {"reason": "Asked for on 2026-11-02, case 4711."}, required=True
    ),
)
async def erase_customer(
    services: Held,
    by: Administrator,
    customer: Annotated[str, Path(description="Your id of the customer.", examples=["c-17"])],
    wanted: Annotated[Wanted, Depends(model(Wanted))],
    idempotency_key: IdempotencyKey,
) -> Erasure:
    """Forget a customer, for good.

    Their runs under way are ended. What was written to them, what they wrote and who they are
    goes; that something was sent, when and how it ended stays, without to whom. The audit log
    stays whole and its tokens lead to nobody. For a day, what still comes in of them goes too.
    """
    note(reason=wanted.reason)
    erased = await services.forgetting.forget(by, customer, wanted.reason)
    return Erasure.model_validate(erased)


@router.get("/erasures", responses=answers())
async def list_erasures(services: Held, by: Auditor) -> Page[Erasure]:
    """The newest forgettings."""
    found = await asyncio.to_thread(services.stores.erasures.list, by.tenant)
    return Page(items=[Erasure.model_validate(one) for one in found], cursor=None)


@router.get("/erasures/{erasure}", responses=answers("erasure.missing", "store.key-too-long"))
async def get_erasure(
    services: Held,
    by: Auditor,
    erasure: Annotated[str, Path(examples=["0b6a3a2e-5f0c-4a35-9d0b-0d7f4f6f2f11"])],
) -> Erasure:
    """A forgetting, and what went."""
    found = await asyncio.to_thread(services.stores.erasures.get, by.tenant, erasure)
    if found is None:
        raise Refused("erasure.missing", f"There is no erasure {erasure[:80]!r}.")
    return Erasure.model_validate(found)
