"""What happened between a customer and the client, on all channels."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from public_works.timeline import Happening, Place
from solution_api.auth import Held, Reader
from solution_api.names import Cursor, Limit
from solution_api.openapi import answers
from solution_api.services import Services
from solution_api.views import Page
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1/customers", tags=["Customers"])


class Moment(BaseModel):
    """Something of the timeline."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    at: datetime
    kind: Literal["sent", "told", "wrote"] = Field(
        description="sent to them; told by a provider about that; wrote by them."
    )
    channel: str
    experience: str
    delivery: str | None = Field(description="What was sent, told of or answered.")
    run: str | None
    step: str | None
    state: str | None = Field(description="Where the delivery is now.")
    event: str | None = Field(description="What became of the delivery.")
    subject: str | None
    text: str | None = Field(description="What they wrote.")
    data: dict[str, Any] | None = Field(description="What was pressed, said or clicked.")


@router.get(
    "/{customer}/timeline",
    responses=answers("store.cursor", "store.key-too-long", "store.text"),
)
async def get_timeline(
    services: Held,
    by: Reader,
    customer: Annotated[str, Path(description="Your id of the customer.", examples=["c-17"])],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Moment]:
    """Everything sent to a customer, told about that, and written by them, newest first."""
    found = await asyncio.to_thread(
        services.stores.timeline.of,
        by.tenant,
        customer,
        before=_opened(services, by.tenant, cursor),
        limit=limit + 1,
    )
    shown = [Moment.model_validate(one) for one in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=shown, cursor=_sealed(services, by.tenant, last))


def _sealed(services: Services, tenant: str, last: Happening | None) -> str | None:
    written = f"{last.at.isoformat()}|{last.id}" if last is not None else None
    return services.cursors.seal(tenant, written)


def _opened(services: Services, tenant: str, cursor: str | None) -> Place | None:
    written = services.cursors.open(tenant, cursor)
    if written is None:
        return None
    at, _, id = written.partition("|")
    try:
        return datetime.fromisoformat(at), id
    except ValueError:
        raise Refused("store.cursor", "The cursor is not one that a page before gave.") from None
