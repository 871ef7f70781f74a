"""What definitions can name: capabilities, adapters, kinds of policy; and what policy decided."""

import asyncio
from inspect import getdoc
from typing import Annotated

from fastapi import APIRouter, Query

from smart_city.policies import KINDS
from solution_api.auth import Held, Reader
from solution_api.openapi import answers
from solution_api.views import Decision, Page, PolicyKind
from symphainy.catalog import AdapterSpec, CapabilitySpec

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Catalog"])


@router.get("/capabilities", responses=answers())
async def list_capabilities(services: Held, by: Reader) -> Page[CapabilitySpec]:
    """What worker pools can do, with JSON Schemas and executed examples."""
    catalog = await asyncio.to_thread(services.stores.catalogs.read)
    return Page(items=list(catalog.capabilities), cursor=None)


@router.get("/adapters", responses=answers())
async def list_adapters(services: Held, by: Reader) -> Page[AdapterSpec]:
    """How people can be reached, and what each vendor can promise."""
    catalog = await asyncio.to_thread(services.stores.catalogs.read)
    return Page(items=list(catalog.adapters), cursor=None)


@router.get("/policies", responses=answers())
async def list_policy_kinds(by: Reader) -> Page[PolicyKind]:
    """The kinds of policy that a definition may use, each with the schema of its documents."""
    kinds = [
        PolicyKind(
            kind=name,
            summary=(getdoc(kind) or "").partition("\n")[0],
            document=kind.model_json_schema(),
        )
        for name, kind in sorted(KINDS.items())
    ]
    return Page(items=kinds, cursor=None)


@router.get("/decisions", tags=["Runs"], responses=answers("store.key-too-long"))
async def list_decisions(
    services: Held,
    by: Reader,
    run: Annotated[str, Query(description="Id of the run.", examples=["acme.welcome:c-17"])],
) -> Page[Decision]:
    """What policy decided in a run on fresh facts, in the order it was decided."""
    found = await asyncio.to_thread(services.stores.decisions.list, by.tenant, run)
    return Page(items=[Decision.model_validate(one) for one in found], cursor=None)
