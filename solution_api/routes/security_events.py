"""Security events: when somebody was not believed."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from public_works.callbacks import SecurityKind
from solution_api.auth import Held, Watcher
from solution_api.names import Cursor, Limit
from solution_api.openapi import answers
from solution_api.views import Page, page

__all__ = ["router"]

router = APIRouter(prefix="/v1/security-events", tags=["Platform"])


class SecurityEvent(BaseModel):
    """Something that should not happen, as often as it did within an hour."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: SecurityKind = Field(
        description="forged: not the provider's; replayed: heard long before; unproven: there is "
        "no secret to check it with."
    )
    adapter: str
    binding: str
    reason: str
    source: str | None = Field(description="A keyed hash of the address it came from.")
    at: datetime
    last: datetime
    times: int


@router.get("", responses=answers("store.cursor", "store.key-too-long"))
async def list_security_events(
    services: Held,
    by: Watcher,
    kind: Annotated[SecurityKind | None, Query(description="Only of this kind.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SecurityEvent]:
    """Callbacks that were not believed, newest first; those of one hour are counted together."""
    found = await asyncio.to_thread(
        services.stores.callbacks.events, by.tenant, kind=kind, after=cursor, limit=limit + 1
    )
    return page(SecurityEvent, found, limit)
