"""Lineage: what led to what, in our own form, as OpenLineage and as W3C PROV."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from solution_api.auth import Held, Reader
from solution_api.examples import TRACED
from solution_api.names import RunId
from solution_api.openapi import answers, example
from symphainy.json import Json
from symphainy.lineage import Lineage, openlineage, prov

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Lineage"])

LARGEST = 2**63 - 1
Traced = Lineage | list[dict[str, Any]] | dict[str, Any]
"""The graph, events of OpenLineage, or a document of PROV-JSON."""
SHOWN: dict[int | str, dict[str, Any]] = example(
    TRACED, described="As the form that was asked for."
)
OF_RUN = ("run.unknown", "run.temporal-unreachable", "run.bad-query", "store.key-too-long")

Form = Annotated[
    Literal["graph", "openlineage", "prov"],
    Query(
        description="`graph` is our own; `openlineage` gives its run events as a list; `prov` is a "
        "document of W3C PROV-JSON.",
        examples=["graph"],
    ),
]


@router.get(
    "/runs/{run:path}/lineage", response_model=Traced, responses={**SHOWN, **answers(*OF_RUN)}
)
async def get_run_lineage(services: Held, by: Reader, run: RunId, format: Form = "graph") -> Any:
    """What led to a run and everything in it, and what they led to.

    Nodes, edges from causes to effects, and the same by time: the intent and who had it, the
    definition and its plan, steps with their decisions, policies, approvals, grants and attempts,
    deliveries with their writes and receipts, events, and the runs before and after. Content is
    there by digest only.
    """
    return _formed(await services.lineages.of_run(by.tenant, run), format)


@router.get(
    "/deliveries/{delivery}/lineage",
    response_model=Traced,
    responses={**SHOWN, **answers("ledger.missing", *OF_RUN)},
)
async def get_delivery_lineage(
    services: Held,
    by: Reader,
    delivery: Annotated[str, Path(examples=["5f0c3c3e-6f3e-5d0e"])],
    format: Form = "graph",
) -> Any:
    """What led to a delivery, and what became of it."""
    return _formed(await services.lineages.of_delivery(by.tenant, delivery), format)


@router.get(
    "/events/{seq}/lineage",
    response_model=Traced,
    responses={**SHOWN, **answers("event.unknown", *OF_RUN)},
)
async def get_event_lineage(
    services: Held,
    by: Reader,
    seq: Annotated[
        int, Path(ge=1, le=LARGEST, description="Its place among the events.", examples=[42])
    ],
    format: Form = "graph",
) -> Any:
    """Where an event came from, the runs that it was handed to, and those it started."""
    return _formed(await services.lineages.of_event(by.tenant, seq), format)


@router.get("/lineage", response_model=Traced, responses={**SHOWN, **answers(*OF_RUN)})
async def get_intent_lineage(
    services: Held,
    by: Reader,
    key: Annotated[
        str,
        Query(
            min_length=1,
            max_length=512,
            description="The Idempotency-Key that an intent was sent with.",
            examples=["order-4711"],
        ),
    ],
    format: Form = "graph",
) -> Any:
    """What the intent of an idempotency key led to."""
    return _formed(await services.lineages.of_intent(by.tenant, key), format)


def _formed(found: Lineage, form: str) -> Any:
    if form == "openlineage":
        return JSONResponse(openlineage(found))
    if form == "prov":
        return JSONResponse(prov(found))
    # As it is: the declared type has room for all three.
    shown: Json = found.model_dump(mode="json")
    return JSONResponse(shown)
