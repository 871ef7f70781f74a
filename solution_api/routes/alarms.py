"""Alarms: what wants a person to look, and what to do about it."""

import asyncio
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from public_works.alarms import AlarmRecord
from public_works.record import now
from smart_city.alarms import REMEDIES, Kind
from solution_api.auth import Held, Watcher
from solution_api.bodies import model
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, example, takes
from solution_api.views import Page
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/alarms", tags=["Platform"])

ALARM: dict[str, Json] = {
    "id": "0f1e2d3c4b5a69788796",
    "kind": "old-approvals",
    "severity": "warning",
    "subject": "approvals",
    "told": "2 approvals pending, the oldest since 2026-11-20T09:00:00+00:00.",
    "remedy": REMEDIES["old-approvals"],
    "state": "open",
    "since": "2026-11-21T09:01:00Z",
    "cleared": None,
    "acknowledged": None,
    "by": None,
    "note": None,
}


class Alarm(BaseModel):
    """Something that wants a person to look."""

    id: str
    kind: Kind
    severity: Literal["warning", "critical"]
    subject: str
    told: str
    remedy: str = Field(description="What to do about it.")
    state: Literal["open", "acknowledged", "over"]
    since: datetime
    cleared: datetime | None = Field(description="Since when it is gone.")
    acknowledged: datetime | None
    by: str | None = Field(description="Who looks into it.")
    note: str | None


class Looking(BaseModel, extra="forbid"):
    """What is said with it."""

    note: str | None = Field(None, max_length=500)


@router.get(
    "",
    responses={
        **example({"items": [ALARM], "cursor": None}, described="Newest first."),
        **answers("store.cursor", "store.key-too-long"),
    },
)
async def list_alarms(
    services: Held,
    by: Watcher,
    over: Annotated[bool, Query(description="Those that are gone too.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Alarm]:
    """What wants a person to look. It is looked for every minute, by workers and by the API."""
    found = await asyncio.to_thread(
        services.stores.alarms.list, by.tenant, over=over, after=cursor, limit=limit + 1
    )
    last = found[limit - 1].id if len(found) > limit else None
    return Page(items=[_shown(one) for one in found[:limit]], cursor=last)


@router.post(
    "/{alarm}/acknowledge",
    responses={
        **example({**ALARM, "state": "acknowledged", "by": "u-17"}),
        **answers("alarm.missing", "store.key-too-long", *BODY),
    },
    openapi_extra=takes(Looking.model_json_schema(), {"note": "on it"}),
)
async def acknowledge_alarm(
    services: Held,
    by: Watcher,
    alarm: Annotated[str, Path(examples=["0f1e2d3c4b5a69788796"])],
    said: Annotated[Looking, Depends(model(Looking))],
    idempotency_key: IdempotencyKey,
) -> Alarm:
    """Say that you look into it; whoever said so first stands. It is over when its cause is."""
    store = services.stores.alarms
    return _shown(
        await asyncio.to_thread(store.acknowledge, by.tenant, alarm, by.id, said.note, now())
    )


def _shown(one: AlarmRecord) -> Alarm:
    state: Literal["open", "acknowledged", "over"] = "open"
    if one.cleared is not None:
        state = "over"
    elif one.acknowledged is not None:
        state = "acknowledged"
    told = one.model_dump(exclude={"tenant", "seen"})
    return Alarm(**told, remedy=REMEDIES[one.kind], state=state)
