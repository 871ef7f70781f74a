"""SCIM 2.0 over the API: what identity providers tell, and what comes of it at once."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.api.scim import conformance
from tests.api.world import World, principal

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def idp(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """An identity provider with a key of its own."""
    by = principal("idp", "provisioner", tenant="scim", kind="service")
    async with await world.client(by) as client:
        yield client


async def test_the_tester_of_scim_finds_nothing(world: World, idp: httpx2.AsyncClient) -> None:
    results = await asyncio.to_thread(conformance, world.url, idp.headers["authorization"])
    assert [one for one in results if one[1] not in ("SUCCESS", "SKIPPED")] == []
    assert len(results) > 100
