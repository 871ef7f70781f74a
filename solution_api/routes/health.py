"""Whether the platform lives, and whether it can work."""

import asyncio
from datetime import timedelta
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from temporalio.service import RPCError

from solution_api.auth import Held
from solution_api.openapi import answers
from solution_api.services import Services
from symphainy.errors import Ending, Unavailable

__all__ = ["router"]

router = APIRouter(prefix="/health", tags=["Platform"])

PATIENCE = timedelta(seconds=3)


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """Everything that work takes is there."""

    status: Literal["ready"] = "ready"
    capabilities: int
    adapters: int


@router.get("", responses=answers(keyed=False))
async def alive() -> Alive:
    """Whether this process lives."""
    return Alive()


@router.get("/ready", responses=answers("api.not-ready", keyed=False))
async def ready(services: Held) -> Ready:
    """Whether the database, Temporal and at least one worker pool's catalog are there."""
    counted, reached = await asyncio.gather(_catalog(services), _temporal(services))
    missing = [one for one in (counted, reached) if isinstance(one, str)]
    if missing or not isinstance(counted, Ready):
        raise Unavailable("api.not-ready", "; ".join(missing), retry_after=timedelta(seconds=1))
    return counted


async def _catalog(services: Services) -> Ready | str:
    try:
        pools = await asyncio.to_thread(services.stores.catalogs.pools)
        catalog = await asyncio.to_thread(services.stores.catalogs.read)
    except Ending:
        return "the database does not answer"
    if not pools:
        return "no worker pool has published its catalog yet"
    return Ready(capabilities=len(catalog.capabilities), adapters=len(catalog.adapters))


async def _temporal(services: Services) -> str | None:
    try:
        healthy = await services.client.service_client.check_health(timeout=PATIENCE)
    except RPCError:
        healthy = False
    return None if healthy else "Temporal does not answer"
