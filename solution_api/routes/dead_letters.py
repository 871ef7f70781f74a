"""Dead letters: events that nobody took, to look at, send again or leave be."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, Field

from solution_api.auth import Held, Operator, Reader
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit
from solution_api.openapi import answers, example
from solution_api.routes.cloud_events import PAID, place, sealed
from solution_api.views import Page, View
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/dead-letters", tags=["Events"])

LETTER: dict[str, Json] = {
    "id": "out-42-5f2b0c9d1e7a4b36",
    "way": "out",
    "target": "erp",
    "seq": 42,
    "environment": "production",
    "tries": 10,
    "reason": "delivery.exhausted: after 10 attempts: 500",
    "created": "2026-11-22T09:30:00Z",
    "given_up": "2026-11-25T17:05:05Z",
    "event": PAID,
}
Letter = Annotated[
    str,
    Path(description="The letter's id.", examples=[LETTER["id"]], max_length=100),
]


class DeadLetter(View):
    """An event that came to nothing."""

    id: str
    way: Literal["in", "out"] = Field(
        description="`out` to an endpoint; `in` to a run, or to the start of one."
    )
    target: str = Field(description="The endpoint, the run, or `start:` and what was to start.")
    seq: int
    environment: str
    tries: int
    reason: str
    created: AwareDatetime
    given_up: AwareDatetime | None
    event: dict[str, Json] = Field(validation_alias="envelope")


ONE = {**example(LETTER), **answers("event.letter-missing")}


@router.get("", responses=answers("store.cursor"))
async def list_dead_letters(
    services: Held, by: Reader, cursor: Cursor = None, limit: Limit = 50
) -> Page[DeadLetter]:
    """What was given up, newest first, as long as its event is kept."""
    behind = place(services, by.tenant, cursor)
    found = await asyncio.to_thread(
        services.stores.letters.list, by.tenant, before=behind, limit=limit + 1
    )
    # A page ends with all letters of an event: its place is what the next one goes on from.
    last = found[limit - 1].seq if len(found) > limit else None
    shown = [one for one in found if last is None or one.seq >= last]
    more = last is not None and len(shown) < len(found)
    items = [DeadLetter.model_validate(one) for one in shown]
    return Page(items=items, cursor=sealed(services, by.tenant, last) if more and last else None)


@router.get("/{letter}", responses=ONE)
async def get_dead_letter(services: Held, by: Reader, letter: Letter) -> DeadLetter:
    """A dead letter, its event and why nobody took it."""
    found = await asyncio.to_thread(services.stores.letters.get, by.tenant, letter)
    if found is None:
        raise Refused("event.letter-missing", f"There is no dead letter {letter[:80]!r}.")
    return DeadLetter.model_validate(found)


@router.post("/{letter}/resend", responses=ONE)
async def resend_dead_letter(
    services: Held, by: Operator, letter: Letter, idempotency_key: IdempotencyKey
) -> DeadLetter:
    """Try it again from the start: the same event, under the same id."""
    found = await asyncio.to_thread(services.stores.letters.resend, by.tenant, letter)
    return DeadLetter.model_validate(found)


@router.post("/{letter}/discard", responses=ONE)
async def discard_dead_letter(
    services: Held, by: Operator, letter: Letter, idempotency_key: IdempotencyKey
) -> DeadLetter:
    """Leave it be: it is listed no more."""
    found = await asyncio.to_thread(services.stores.letters.discard, by.tenant, letter)
    return DeadLetter.model_validate(found)
