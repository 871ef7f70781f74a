"""The suppression list: addresses that nothing more is sent to, and why."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from public_works.suppressions import SuppressionReason, address_hash, entry_id
from solution_api.auditing import about, note
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, takes
from solution_api.views import Page, Suppression, page
from symphainy.catalog import Channel
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/suppressions", tags=["Deliveries"])

NEWS: Json = {"channel": "email", "address": "maria@example.com", "scope": "topic:news"}
Id = Annotated[str, Path(description="Id of the entry.", examples=["sha256:5f0c3c3e"])]


class Asked(BaseModel, extra="forbid"):
    """An entry to make; `address` is not kept, only what it is known by."""

    channel: Channel
    address: str | None = Field(None, min_length=1, max_length=320)
    address_hash: str | None = Field(
        None, pattern="^[0-9a-f]{64}$", description="As another entry has it."
    )
    scope: str = Field(
        "",
        pattern=r"^$|^topic:.{1,200}$|^purpose:(transactional|marketing|security)$",
        description="What it is about: everything where empty, `topic:<topic>` or "
        "`purpose:<purpose>`.",
    )
    reason: SuppressionReason = "manual"
    detail: str | None = Field(None, max_length=500)
    customer: str | None = Field(None, min_length=1, max_length=200)
    expires: AwareDatetime | None = Field(None, description="Until when; by default for good.")


@router.get("", responses=answers("store.cursor", "store.key-too-long"))
async def list_suppressions(
    services: Held,
    by: Reader,
    channel: Annotated[Channel | None, Query(description="Only of this channel.")] = None,
    address: Annotated[
        str | None, Query(max_length=320, description="Only of this address.")
    ] = None,
    reason: Annotated[SuppressionReason | None, Query(description="Only for this.")] = None,
    customer: Annotated[str | None, Query(description="Only of this customer.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Suppression]:
    """Entries, newest first."""
    found = await asyncio.to_thread(
        services.stores.suppressions.list,
        by.tenant,
        channel=channel,
        address_hash=address_hash(by.tenant, address) if address else None,
        reason=reason,
        customer=customer,
        after=cursor,
        limit=limit + 1,
    )
    return page(Suppression, found, limit)


@router.post(
    "",
    status_code=201,
    responses=answers("suppression.address", "store.key-too-long", *BODY),
    openapi_extra=takes(Asked.model_json_schema(), NEWS, required=True),
)
async def add_suppression(
    services: Held,
    by: Operator,
    asked: Annotated[Asked, Depends(model(Asked))],
    idempotency_key: IdempotencyKey,
) -> Suppression:
    """Put an address on the list. The same entry again only says until when anew."""
    hash = asked.address_hash or (address_hash(by.tenant, asked.address) if asked.address else None)
    if hash is None:
        raise Refused("suppression.address", "Give `address`, or `address_hash`.")
    id = entry_id(asked.channel, hash, asked.scope, asked.reason)
    about(services.stores.audit.token(by.tenant, id))
    note(channel=asked.channel, scope=asked.scope, reason=asked.reason)
    kept = await asyncio.to_thread(
        services.stores.suppressions.add,
        by.tenant,
        asked.channel,
        hash,
        asked.reason,
        by.id,
        scope=asked.scope,
        detail=asked.detail,
        customer=asked.customer,
        expires=asked.expires,
        environment=services.settings.environment,
    )
    return Suppression.model_validate(kept)


@router.delete(
    "/{suppression}",
    status_code=204,
    response_class=Response,
    responses=answers("suppression.missing", "store.key-too-long"),
)
async def remove_suppression(services: Held, by: Operator, suppression: Id) -> None:
    """Take an entry from the list. What people said themselves is theirs to take back."""
    gone = await asyncio.to_thread(services.stores.suppressions.remove, by.tenant, suppression)
    if not gone:
        raise Refused("suppression.missing", f"There is no entry {suppression[:80]!r}.")
