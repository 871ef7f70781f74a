"""Two platforms for a session: one on the real server, one where time is skipped."""

from collections.abc import AsyncIterator

import pytest

from tests.runtime.platform import (
    Platform,
    platform_on,
    real_server,
    skipping_server,
)
from workers.pool import Options


@pytest.fixture(scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """On Temporal's dev server, workflows in the SDK's sandbox."""
    folder = tmp_path_factory.mktemp("platform")
    options = Options(sandboxed=True)
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", options, egress_allow="127.0.0.1") as found,
    ):
        yield found


@pytest.fixture(scope="session")
async def replaying(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """Like `platform`, with nothing cached: each workflow task replays the run from its start.

    Not for runs side by side that need fresh decisions: the SDK evicts one while its local
    activity is under way, and then it takes Temporal ten seconds to notice.
    """
    folder = tmp_path_factory.mktemp("replaying")
    options = Options(sandboxed=True, cached=0)
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", options) as found,
    ):
        yield found


@pytest.fixture(scope="session")
async def skipping(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """On Temporal's time-skipping server, which knows neither search attributes nor versions."""
    folder = tmp_path_factory.mktemp("skipping")
    options = Options(versioned=False, attributes=False)
    async with skipping_server() as server, platform_on(server, folder / "home", options) as found:
        yield found


@pytest.fixture(scope="session")
async def reaching(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """Like `skipping`, and it reaches this machine."""
    folder = tmp_path_factory.mktemp("reaching")
    options = Options(versioned=False, attributes=False)
    async with (
        skipping_server() as server,
        platform_on(server, folder / "home", options, egress_allow="127.0.0.1") as found,
    ):
        yield found


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
