"""The outbox, where messages of the sandbox end up."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path

from solution_api.auth import Held, Reader
from solution_api.examples import MESSAGE
from solution_api.names import Cursor, Limit
from solution_api.openapi import answers, example
from solution_api.views import Message, MessageLine, Page, page
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1/outbox", tags=["Deliveries"])


@router.get(
    "",
    responses={
        **example({"items": [MESSAGE], "cursor": None}),
        **answers("store.cursor", "store.key-too-long"),
    },
)
async def list_outbox(
    services: Held, by: Reader, cursor: Cursor = None, limit: Limit = 50
) -> Page[MessageLine]:
    """Messages that the sandbox adapters took, newest first."""
    found = await asyncio.to_thread(services.stores.outbox.list, by.tenant, cursor, limit + 1)
    return page(MessageLine, found, limit)


@router.get("/{message}", responses=answers("outbox.missing", "store.key-too-long"))
async def get_message(services: Held, by: Reader, message: Annotated[str, Path()]) -> Message:
    """A message as its receiver would have got it."""
    found = await asyncio.to_thread(services.stores.outbox.get, by.tenant, message)
    if found is None:
        raise Refused("outbox.missing", f"There is no message {message[:80]!r}.")
    return Message.model_validate(found)
