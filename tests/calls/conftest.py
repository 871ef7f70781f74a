"""A platform for the calls: on the real server, workflows in the SDK's sandbox."""

from collections.abc import AsyncIterator

import pytest

from tests.calls.world import World, world_in
from tests.runtime.platform import Platform, platform_on, real_server
from workers.pool import Options


@pytest.fixture(scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform that may reach the loopback, where the twins are."""
    folder = tmp_path_factory.mktemp("calls")
    options = Options(sandboxed=True)
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", options, egress_allow="127.0.0.1") as found,
    ):
        yield found


@pytest.fixture(scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A platform whose web are the twins."""
    async with world_in(tmp_path_factory.mktemp("world")) as found:
        yield found
