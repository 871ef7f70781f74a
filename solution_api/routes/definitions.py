"""Documents that are not kept."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from smart_city.subjects import speaking
from solution_api.auth import Held, Reader
from solution_api.bodies import Written, definition, model
from solution_api.compiling import compiled
from solution_api.examples import CHECKED, DEFINITION, WRITING, WRITTEN
from solution_api.governance import governing
from solution_api.headers import IdempotencyKey
from solution_api.openapi import BODY, answers, example, takes, yaml_or_json
from solution_api.services import Services
from solution_api.views import Check, Language, PolicyShown
from symphainy.plan import Plan
from workflows.compiler import mermaid
from workflows.language import complete, hover

__all__ = ["router"]

router = APIRouter(prefix="/v1/definitions", tags=["Definitions"])


class Writing(BaseModel, extra="forbid"):
    """A definition that is being written, and where."""

    text: str = Field(max_length=200_000, description="All of it, whole or not.")
    line: int = Field(ge=1, le=200_000, description="Line of the cursor, from 1.")
    column: int = Field(ge=1, le=200_000, description="Column of the cursor in characters, from 1.")


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

    Documents that it names are fetched for those who may register it, and for nobody else.

    What is wrong with the document is the answer, not an error: 200 with `valid: false`.
    """
    found = await compiled(services, by, written)
    policies = await _speaking(services, by.tenant, found.plan) if found.plan else {}
    return Check(
        valid=found.plan is not None,
        problems=list(found.findings),
        graph=found.graph,
        mermaid=mermaid(found.graph) if found.graph is not None else None,
        promises=dict(found.promises),
        policies=policies,
    )


async def _speaking(services: Services, tenant: str, plan: Plan) -> dict[str, list[PolicyShown]]:
    bundle = await governing(services, tenant, plan)
    found = await asyncio.to_thread(speaking, bundle, plan)
    return {ref: [PolicyShown.of(one) for one in policies] for ref, policies in found.items()}


@router.post(
    "/language",
    responses={**example(WRITTEN), **answers(*BODY)},
    openapi_extra=takes(Writing.model_json_schema(), WRITING, required=True),
)
async def language(
    services: Held,
    by: Reader,
    writing: Annotated[Writing, Depends(model(Writing))],
    idempotency_key: IdempotencyKey,
) -> Language:
    """What can be written at the cursor, and what the word there means; for editors."""
    catalog = await asyncio.to_thread(services.stores.catalogs.read)
    at = (writing.text, writing.line, writing.column, catalog)
    completions = await asyncio.to_thread(complete, *at)
    return Language(completions=completions, hover=await asyncio.to_thread(hover, *at))
