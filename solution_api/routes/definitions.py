"""Documents that are not kept."""

from typing import Annotated

from fastapi import APIRouter, Depends

from solution_api.auth import Held, Reader
from solution_api.bodies import Written, definition
from solution_api.compiling import compiled
from solution_api.examples import CHECKED, DEFINITION
from solution_api.headers import IdempotencyKey
from solution_api.openapi import answers, example, yaml_or_json
from solution_api.views import Check

__all__ = ["router"]

router = APIRouter(prefix="/v1/definitions", tags=["Definitions"])


@router.post(
    "/check",
    responses={
        **example(CHECKED),
        **answers("api.body-too-large", "api.media-type", "api.content-encoding"),
    },
    openapi_extra=yaml_or_json(DEFINITION),
)
async def check_definition(
    services: Held,
    by: Reader,
    written: Annotated[Written, Depends(definition)],
    idempotency_key: IdempotencyKey,
) -> Check:
    """Everything about a definition: problems, graph, promises. Nothing is stored.

    What is wrong with the document is the answer, not an error: 200 with `valid: false`.
    """
    found = await compiled(services, by.tenant, written)
    return Check(
        valid=found.plan is not None,
        problems=list(found.findings),
        graph=found.graph,
        promises=dict(found.promises),
    )
