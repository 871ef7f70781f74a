"""The platforms of the runtime's tests, and one whose server finds histories long very soon."""

from collections.abc import AsyncIterator

import pytest

from tests.runtime.conftest import platform, replaying, skipping
from tests.runtime.platform import Platform, platform_on, real_server
from workers.pool import Options

__all__ = ["platform", "replaying", "short", "skipping"]


@pytest.fixture(scope="session")
async def short(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform whose server finds a history long after forty events."""
    folder = tmp_path_factory.mktemp("short")
    setting = "limit.historyCount.suggestContinueAsNew=40"
    async with (
        real_server(folder, setting) as server,
        platform_on(server, folder / "home", Options(sandboxed=True)) as found,
    ):
        yield found
