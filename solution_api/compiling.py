"""Definitions compiled as they come in, with the documents they name."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from solution_api.bodies import Written
from solution_api.probing import probed
from solution_api.services import Services
from solution_api.standing import may
from symphainy.document import load
from symphainy.findings import Invalid
from symphainy.identity import Principal
from symphainy.resource import Fetched, Unreachable, Wanted
from workflows.compiler import Compiled, check, complete

__all__ = ["compiled"]


async def compiled(services: Services, by: Principal, written: Written) -> Compiled:
    """Everything about a definition of the tenant; never raises for what is in it.

    Documents are fetched, with the tenant's secrets where it says so, only for those who may
    register it: whoever only reads is not to send requests from here.
    """
    if unsafe := await probed("solution", await asyncio.to_thread(_policies, written)):
        return Compiled(tuple(unsafe))
    catalog = await asyncio.to_thread(services.stores.catalogs.read)

    async def once(resources: Mapping[str, Fetched]) -> Compiled:
        given = (written.content, catalog, written.media_type, resources)
        return await asyncio.to_thread(check, *given)

    known = await may(services.stores, by, "register")
    fetch = services.library.of(by.tenant) if known else _nothing
    return await complete(once, fetch)


async def _nothing(wanted: Sequence[Wanted]) -> Mapping[str, Fetched]:
    reason = "documents are fetched for those who may register a version"
    return {one.uri: Unreachable(reason) for one in wanted}


def _policies(written: Written) -> Mapping[str, Any]:
    """The policies of a document as far as it has any; what else is wrong the compiler says."""
    # Both languages have escapes, which write the word without its letters.
    if b"cedar" not in written.content and b"\\" not in written.content:
        return {}
    try:
        data = load(written.content, written.media_type).data
    except Invalid:
        return {}
    found = data.get("policies") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}
