"""The whole city under attack: Temporal, a worker pool, the API on a socket, and two tenants."""

from collections.abc import AsyncIterator

import pytest

from public_works.egress import Egress
from solution_api import open_services
from solution_api.services import Services
from tests.abuse.names import Names
from tests.api.clients import api, nobody, stranger
from tests.api.conftest import cancel_all
from tests.api.world import World, listening
from tests.runtime.platform import Platform, platform_on, real_server, skipping_server
from workers.pool import Options

__all__ = ["FREE", "api", "nobody", "stranger"]

FREE = "sandbox staging production"
"""Where versions go without approval; in `guarded` they need one."""

KNOWN = ("partner.example", "elsewhere.example")
"""The names under which this machine is reached."""

# What is not about approvals does without.
SETTINGS = {"tenant": "acme", "approval_free": "sandbox staging production"}


@pytest.fixture(scope="session")
def dns() -> Names:
    """The name server that the platform asks; tests say what it answers."""
    return Names()


@pytest.fixture(scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory, dns: Names) -> AsyncIterator[Platform]:
    """Temporal's own server and a worker pool; this machine is reached under `KNOWN` only."""
    folder = tmp_path_factory.mktemp("abuse")
    options = Options(egress=Egress([*KNOWN], resolver=dns))
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", options, **SETTINGS) as found,
    ):
        yield found


@pytest.fixture(scope="session")
async def services(platform: Platform, dns: Names) -> AsyncIterator[Services]:
    """What an API process beside that worker stands on, with stores of its own."""
    egress = Egress([*KNOWN], resolver=dns)
    async with open_services(platform.settings, egress=egress) as services:
        yield services
        await cancel_all(services)


@pytest.fixture(scope="session")
async def world(services: Services) -> AsyncIterator[World]:
    """The API on a socket."""
    async with listening(services) as url:
        yield World(url, services)


@pytest.fixture(scope="session")
async def skipping(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform on which days pass in no time."""
    folder = tmp_path_factory.mktemp("skipping")
    options = Options(versioned=False, attributes=False)
    async with skipping_server() as server, platform_on(server, folder / "home", options) as found:
        yield found
