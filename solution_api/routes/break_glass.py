"""Broken glass: what was deployed past its approval, and what others say of it afterwards."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from solution_api.auth import Approver, Held, Reader
from solution_api.bodies import model
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, takes
from solution_api.review_views import BrokenGlass
from solution_api.views import Page, page
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1/break-glass", tags=["Reviews"])

Id = Annotated[str, Path(description="Id of what was broken.", examples=["3f9c0b6e4f"])]


class Verdict(BaseModel, extra="forbid"):
    """What is to be said of it."""

    upheld: bool = Field(True, description="Whether it was right to break it.")
    comment: str = Field("", max_length=2000)


@router.get("", responses=answers("store.cursor", "store.key-too-long"))
async def list_broken_glass(
    services: Held,
    by: Reader,
    every: Annotated[bool, Query(description="Also what was reviewed.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BrokenGlass]:
    """What was deployed past its approval and nobody else has looked at, newest first."""
    listed = partial(services.stores.glass.list, every=every, after=cursor, limit=limit + 1)
    return page(BrokenGlass, await asyncio.to_thread(listed, by.tenant), limit)


@router.get("/{glass}", responses=answers("lifecycle.glass-missing", "store.key-too-long"))
async def get_broken_glass(services: Held, by: Reader, glass: Id) -> BrokenGlass:
    """Who deployed what past its approval and why, and what was said of it."""
    found = await asyncio.to_thread(services.stores.glass.get, by.tenant, glass)
    if found is None:
        raise Refused("lifecycle.glass-missing", f"No glass was broken as {glass[:80]!r}.")
    return BrokenGlass.model_validate(found)


@router.post(
    "/{glass}/review",
    responses=answers(
        "lifecycle.glass-missing",
        "lifecycle.glass-reviewed",
        "lifecycle.own-work",
        "lifecycle.not-a-person",
        "store.key-too-long",
        *BODY,
    ),
    openapi_extra=takes(Verdict.model_json_schema(), {"upheld": True, "comment": "It was."}),
)
async def review_glass(
    services: Held,
    by: Approver,
    glass: Id,
    verdict: Annotated[Verdict, Depends(model(Verdict))],
    idempotency_key: IdempotencyKey,
) -> BrokenGlass:
    """Say whether it was right; the alarm ends. Who broke it and who wrote the version may not.
    What runs goes on running: roll it back if it should not."""
    review = partial(services.stores.glass.review, upheld=verdict.upheld, comment=verdict.comment)
    return BrokenGlass.model_validate(await asyncio.to_thread(review, by.tenant, glass, by))
