"""Definitions compiled as they come in, with the documents they name."""

import asyncio
from collections.abc import Mapping

from solution_api.bodies import Written
from solution_api.services import Services
from symphainy.resource import Fetched
from workflows.compiler import Compiled, check, complete

__all__ = ["compiled"]


async def compiled(services: Services, tenant: str, written: Written) -> Compiled:
    """Everything about a definition of the tenant; never raises for what is in it."""
    catalog = await asyncio.to_thread(services.stores.catalogs.read)

    async def once(resources: Mapping[str, Fetched]) -> Compiled:
        given = (written.content, catalog, written.media_type, resources)
        return await asyncio.to_thread(check, *given)

    return await complete(once, services.library.of(tenant))
