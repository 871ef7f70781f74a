"""Traces: what a run did, and how long each part of it took."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from public_works.telemetry.waterfall import Bar, waterfall
from solution_api.auth import Held, Reader
from solution_api.names import RunId
from solution_api.openapi import answers, example
from solution_api.services import Services
from symphainy.json import Json

__all__ = ["Trace", "router", "trace_of"]

router = APIRouter(prefix="/v1", tags=["Runs"])

SHOWN: dict[str, Any] = {
    "run": "acme.welcome:c-17",
    "traces": ["4bf92f3577b34da6a3ce929d0e0e4736"],
    "began": "2026-11-22T09:00:00Z",
    "duration": 41.7,
    "count": 1,
    "kept": True,
    "spans": [
        {
            "id": "00f067aa0ba902b7",
            "parent": None,
            "name": "POST /v1/solutions/{name}/intents/{intent}",
            "kind": "server",
            "room": "api",
            "run": None,
            "step": None,
            "offset": 0.0,
            "duration": 41.7,
            "until": 41.7,
            "status": "unset",
            "code": None,
            "attributes": {"http.response.status_code": 202},
            "links": {},
            "linked": [],
            "children": [],
        }
    ],
}


class Spanned(BaseModel):
    """Something that took time, and what happened below it."""

    id: str
    parent: str | None
    name: str
    kind: str = Field(description="internal, server, client, producer, consumer.")
    room: str = Field(description="Who tells it: api, intake, run, worker, adapter.")
    run: str | None
    step: str | None
    offset: float = Field(description="Milliseconds from when the first span began.")
    duration: float = Field(description="Milliseconds.")
    until: float = Field(description="Milliseconds to the end of the last span below it.")
    status: str = Field(description="ok, error or unset.")
    code: str | None = Field(description="Why it failed.")
    attributes: dict[str, Json]
    links: dict[str, str] = Field(description="Addresses of the decision and the delivery.")
    linked: list[dict[str, str]] = Field(description="Spans that it goes on from.")
    children: list["Spanned"]


class Trace(BaseModel):
    """What a run did, and when."""

    run: str
    traces: list[str] = Field(description="Ids of its traces, as W3C writes them.")
    began: datetime | None
    duration: float = Field(description="Milliseconds from the first begin to the last end.")
    count: int
    kept: bool = Field(description="False where no spans are kept of it, or none any more.")
    spans: list[Spanned]


@router.get(
    "/runs/{run:path}/trace",
    responses={
        **example(SHOWN, described="The waterfall."),
        **answers("run.unknown", "run.temporal-unreachable", "store.key-too-long"),
    },
)
async def get_run_trace(services: Held, by: Reader, run: RunId) -> Trace:
    """What a run did, from the request that wanted it to the receipts of what it sent, with how
    long each part took.

    A span is there half a second after it is over. The run's own begin and end are spans, and
    what lies between two waits is; nothing is open while a run waits.
    """
    return await trace_of(services, by.tenant, run)


async def trace_of(services: Services, tenant: str, run: str) -> Trace:
    """The waterfall of a run. Refused `run.unknown`."""
    spans = await asyncio.to_thread(services.stores.spans.of_run, tenant, run)
    if not spans:
        await services.runs.get(tenant, run)
    found = waterfall(run, spans)
    began = found.began
    return Trace(
        run=run,
        traces=list(found.traces),
        began=datetime.fromtimestamp(began / 1e9, UTC) if began is not None else None,
        duration=round(found.duration, 3),
        count=found.count,
        kept=bool(spans),
        spans=[_spanned(one, run) for one in found.bars],
    )


def _spanned(bar: Bar, run: str) -> Spanned:
    links: dict[str, str] = {}
    if bar.decision:
        links["decision"] = f"/v1/runs/{bar.run or run}/lineage#decision:{bar.decision}"
    if bar.delivery:
        links["delivery"] = f"/v1/deliveries/{bar.delivery}"
    return Spanned(
        **bar.model_dump(
            exclude={"children", "links", "decision", "delivery", "offset", "duration", "until"}
        ),
        offset=round(bar.offset, 3),
        duration=round(bar.duration, 3),
        until=round(bar.until, 3),
        links=links,
        linked=[*bar.links],
        children=[_spanned(one, run) for one in bar.children],
    )
