"""The audit log: who did what, in an order that cannot be changed unseen."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from public_works.audit import AuditChain
from smart_city.audit import Actor, Subject
from smart_city.audit import Outcome as Came
from solution_api.auth import Auditor, Held
from solution_api.names import Limit
from solution_api.openapi import answers, example
from solution_api.views import Page, View, page
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/audit", tags=["Audit"])

LINES = "application/x-ndjson"
PORTION = 500
RECORD: dict[str, Json] = {
    "seq": 12,
    "at": "2026-11-22T09:30:00.123456Z",
    "actor": {"id": "ana", "kind": "user"},
    "action": "solution.deployed",
    "subject": {"type": "version", "id": "acme.welcome@1.0.0"},
    "outcome": "done",
    "code": None,
    "details": {"environment": "production"},
    "trace": None,
    "decision": None,
    "prev": "4f0c3c3e9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15",
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
EXPORTED = (
    '{"record": {"tenant": "acme", "seq": 1, "…": "…"}}\n'
    '{"checkpoint": {"tenant": "acme", "seq": 1, "…": "…"}}\n'
    '{"head": {"tenant": "acme", "seq": 1, "…": "…"}}\n'
)


class Recorded(View):
    """Something that was done, or that somebody wanted to do."""

    seq: int
    at: AwareDatetime
    actor: Actor
    action: str
    subject: Subject
    outcome: Came
    code: str | None
    details: dict[str, str | int | bool | None]
    trace: str | None
    decision: str | None
    prev: str
    hash: str


@router.get(
    "",
    responses={
        **example({"items": [RECORD], "cursor": None}),
        **answers("store.cursor", "store.key-too-long"),
    },
)
async def list_audit(
    services: Held,
    by: Auditor,
    action: Annotated[
        str | None, Query(description="Only this.", examples=["solution.deployed"])
    ] = None,
    subject: Annotated[
        str | None, Query(description="Only to this.", examples=["acme.welcome@1.0.0"])
    ] = None,
    customer: Annotated[
        str | None,
        Query(max_length=200, description="Only to this customer, whom records call by a token."),
    ] = None,
    actor: Annotated[str | None, Query(description="Only by this one.", examples=["ana"])] = None,
    since: Annotated[AwareDatetime | None, Query(description="Not before.")] = None,
    cursor: Annotated[
        str | None,
        Query(max_length=20, description="`cursor` of the answer before, to go on behind it."),
    ] = None,
    limit: Limit = 50,
) -> Page[Recorded]:
    """What was done, newest first."""
    audit = services.stores.audit
    found = await asyncio.to_thread(
        audit.list,
        by.tenant,
        action=action,
        subject=audit.token(by.tenant, customer) if customer is not None else subject,
        actor=actor,
        since=_utc(since),
        after=_place(cursor),
        limit=limit + 1,
    )
    return page(Recorded, found, limit, by="seq")


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A line for each record in order, each checkpoint, and the end.",
            "content": {LINES: {"schema": {"type": "string"}, "example": EXPORTED}},
        },
        **answers("store.key-too-long"),
    },
)
async def export_audit(services: Held, by: Auditor) -> StreamingResponse:
    """The whole chain as JSON lines, for `symphainy audit verify --export FILE`."""
    kept = await asyncio.to_thread(services.stores.audit.chain, by.tenant)
    return StreamingResponse(_streamed(kept), media_type=LINES)


async def _streamed(chain: AuditChain) -> AsyncIterator[str]:
    lines = chain.lines()
    while portion := await asyncio.to_thread(_portion, lines):
        yield portion


def _portion(lines: Iterator[str]) -> str:
    return "".join(line for _, line in zip(range(PORTION), lines, strict=False))


def _utc(since: datetime | None) -> datetime | None:
    """The moment in UTC; what lies outside the calendar there is at its end."""
    if since is None:
        return None
    try:
        return since.astimezone(UTC)
    except OverflowError:
        return datetime(1 if since.year == 1 else 9999, 12, 31, tzinfo=UTC)


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit()) or int(cursor) > 2**31 - 1:
        raise Refused("store.cursor", f"The cursor {cursor!r} names nothing in this list.")
    return int(cursor)
