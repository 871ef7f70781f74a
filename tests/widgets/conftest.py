"""The API with a worker pool, a client's web site, and a browser."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from playwright.async_api import Browser

from tests.api.conftest import api, services, stranger, world
from tests.api.world import World
from tests.widgets.browsing import CHROMIUM, Tab, browsing
from tests.widgets.browsing import tab as opened
from tests.widgets.host import Host, hosting

__all__ = ["api", "services", "stranger", "world"]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real browser; tests that need one are skipped where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    async with browsing() as found:
        yield found


@pytest.fixture
async def host(world: World, api: httpx2.AsyncClient) -> AsyncIterator[Host]:
    """A client's web site."""
    async with hosting(world.url, api) as found:
        yield found


@pytest.fixture
async def tab(browser: Browser, host: Host) -> AsyncIterator[Tab]:
    """A tab, in which nothing may go wrong unnoticed."""
    async with opened(browser, host) as found:
        yield found
