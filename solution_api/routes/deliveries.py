"""Deliveries, as the ledger knows them; what is in doubt is shown as such."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query

from public_works.ledger import State
from solution_api.auth import Held, Reader
from solution_api.examples import DELIVERY
from solution_api.names import Cursor, Limit, RunId
from solution_api.openapi import answers, example
from solution_api.views import Attempt, Delivery, DeliveryStory, Page, Receipt, page
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Deliveries"])

LISTED = {
    **example({"items": [DELIVERY], "cursor": None}),
    **answers("store.cursor", "store.key-too-long"),
}
OfState = Annotated[
    State | None,
    Query(description="Only in this state; `unknown` and `unresolved` are those in doubt."),
]


@router.get("/deliveries", responses=LISTED)
async def list_deliveries(
    services: Held,
    by: Reader,
    state: OfState = None,
    customer: Annotated[str | None, Query(description="Only to this customer.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Delivery]:
    """Deliveries, newest first."""
    found = await asyncio.to_thread(
        services.stores.ledger.list,
        by.tenant,
        state=state,
        customer=customer,
        after=cursor,
        limit=limit + 1,
    )
    return page(Delivery, found, limit)


@router.get("/deliveries/{delivery}", responses=answers("ledger.missing", "store.key-too-long"))
async def get_delivery(
    services: Held, by: Reader, delivery: Annotated[str, Path(examples=["5f0c3c3e-6f3e-5d0e"])]
) -> DeliveryStory:
    """A delivery with every attempt and everything its provider told."""
    ledger = services.stores.ledger
    found = await asyncio.to_thread(ledger.get, by.tenant, delivery)
    if found is None:
        raise Refused("ledger.missing", f"There is no delivery {delivery[:80]!r}.")
    attempts = await asyncio.to_thread(ledger.attempts, by.tenant, delivery)
    events = await asyncio.to_thread(ledger.events, by.tenant, delivery)
    shown = Delivery.model_validate(found)
    return DeliveryStory.model_construct(
        **dict(shown),
        attempts=[Attempt.model_validate(one) for one in attempts],
        events=[Receipt.model_validate(one) for one in events],
    )


@router.get(
    "/runs/{run:path}/deliveries",
    tags=["Runs"],
    responses=answers("run.unknown", "store.cursor", "store.key-too-long"),
)
async def list_run_deliveries(
    services: Held,
    by: Reader,
    run: RunId,
    state: OfState = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Delivery]:
    """What a run sent, or is about to, newest first; nothing for a run that sent nothing."""
    found = await asyncio.to_thread(
        services.stores.ledger.list,
        by.tenant,
        run=run,
        state=state,
        after=cursor,
        limit=limit + 1,
    )
    return page(Delivery, found, limit)
