"""Deliveries, as the ledger knows them; what is in doubt is shown as such."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field
from pydantic.alias_generators import to_camel

from public_works.ledger import State
from solution_api.auditing import note
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model
from solution_api.examples import DELIVERY
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit, RunId
from solution_api.openapi import BODY, answers, example, takes
from solution_api.views import Attempt, Delivery, DeliveryStory, Page, Receipt, page
from symphainy.errors import Refused
from temporal.resending import Resent

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
DeliveryId = Annotated[str, Path(examples=["5f0c3c3e-6f3e-5d0e"], max_length=200)]
Reason = Annotated[
    str, Field(min_length=1, max_length=500, description="It is on record in the audit log.")
]
RESENT = "acme.dunning::resend-5f0c3c3e-6f3e-5d0e"


class Again(BaseModel, extra="forbid", alias_generator=to_camel):
    """Why a message is to be sent once more."""

    reason: Reason
    may_send_twice: bool = Field(
        default=False,
        description="It is in doubt, may have arrived, and may then arrive twice.",
    )


class Found(BaseModel, extra="forbid"):
    """What a person found out about a delivery in doubt."""

    sent: bool = Field(description="Whether the provider has sent it.")
    reason: Reason


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
async def get_delivery(services: Held, by: Reader, delivery: DeliveryId) -> DeliveryStory:
    """A delivery with every attempt, everything its provider told, and what was sent because
    somebody wanted it once more."""
    ledger = services.stores.ledger
    found = await asyncio.to_thread(ledger.get, by.tenant, delivery)
    if found is None:
        raise Refused("ledger.missing", f"There is no delivery {delivery[:80]!r}.")
    attempts = await asyncio.to_thread(ledger.attempts, by.tenant, delivery)
    events = await asyncio.to_thread(ledger.events, by.tenant, delivery)
    resent = await services.resending.of(by.tenant, found)
    shown = Delivery.model_validate(found)
    return DeliveryStory.model_construct(
        **dict(shown),
        attempts=[Attempt.model_validate(one) for one in attempts],
        events=[Receipt.model_validate(one) for one in events],
        resent=[one.id for one in resent],
    )


@router.post(
    "/deliveries/{delivery}/resend",
    status_code=202,
    responses={
        **example({"run": RESENT, "existing": False}, status=202),
        **answers(
            "ledger.missing",
            "delivery.sent",
            "delivery.under-way",
            "delivery.in-doubt",
            "delivery.forgotten",
            "solution.paused",
            "run.temporal-unreachable",
            *BODY,
        ),
    },
    openapi_extra=takes(
        Again.model_json_schema(), {"reason": "The key of the provider was wrong."}, required=True
    ),
)
async def resend_delivery(
    services: Held,
    by: Operator,
    delivery: DeliveryId,
    wanted: Annotated[Again, Depends(model(Again))],
    idempotency_key: IdempotencyKey,
) -> Resent:
    """Send once more what certainly was not sent, or may not have been.

    A run of its own sends it, by the same version of its solution and under the policies of now;
    its delivery is another one, and this one stays as it is. The same again is answered with the
    same run.
    """
    note(reason=wanted.reason, twice=wanted.may_send_twice)
    return await services.resending.resend(by, delivery, twice=wanted.may_send_twice)


@router.post(
    "/deliveries/{delivery}/resolve",
    responses=answers("ledger.missing", "delivery.settled", "delivery.under-way", *BODY),
    openapi_extra=takes(
        Found.model_json_schema(),
        {"sent": True, "reason": "It is in the log of the provider."},
        required=True,
    ),
)
async def resolve_delivery(
    services: Held,
    by: Operator,
    delivery: DeliveryId,
    found: Annotated[Found, Depends(model(Found))],
    idempotency_key: IdempotencyKey,
) -> Delivery:
    """Say what became of a delivery in doubt, as a person found out.

    A run that still asks the provider goes by it: what was not sent, it sends. Where the run asks
    people by itself (`onUnknown: human`), its approval is to be answered instead.
    """
    note(reason=found.reason, sent=found.sent)
    record = await services.resending.resolve(by, delivery, sent=found.sent)
    return Delivery.model_validate(record)


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
