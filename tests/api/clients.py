"""Who asks the API under test: a tenant, another one, and somebody without a key."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.api.world import World, principal

__all__ = ["api", "nobody", "stranger"]


@pytest.fixture(scope="session")
async def api(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that may do everything in the tenant acme."""
    async with await world.client(principal("owner", "admin")) as client:
        yield client


@pytest.fixture(scope="session")
async def stranger(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that may do everything in another tenant."""
    async with await world.client(principal("eve", "admin", tenant="evil")) as client:
        yield client


@pytest.fixture
async def nobody(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A client without a key."""
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as client:
        yield client
