"""The API as a process, and when what it stands on is gone."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx2

from public_works import Settings, Stores
from solution_api import open_services
from tests.api.world import World, listening, principal, problem, started, waiting
from tests.runtime.platform import free_port, real_server

SERVE = "from public_works import Settings; from solution_api import run; run(Settings())"


async def answering(url: str) -> None:
    """Return once the API at `url` lives."""
    async with asyncio.timeout(60), httpx2.AsyncClient(timeout=60) as client:
        while True:
            try:
                await client.get(f"{url}/health")
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


async def test_sigterm_ends_the_process_although_somebody_follows_a_run(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await started(api, name := world.name(), waiting(name))
    settings, port = world.services.settings, free_port()
    environment = {
        **os.environ,
        "SYMPHAINY_HOME": str(settings.home),
        "SYMPHAINY_TEMPORAL_ADDRESS": str(settings.temporal_address),
        "SYMPHAINY_API_PORT": str(port),
        "SYMPHAINY_TENANT": "acme",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVE, env=environment)
    url = f"http://127.0.0.1:{port}"
    await answering(url)
    async with (
        httpx2.AsyncClient(base_url=url, headers=api.headers, timeout=60) as other,
        other.stream("GET", f"/v1/runs/{run}/events") as live,
    ):
        assert live.status_code == 200
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await process.wait() == 0
    assert (await api.get(f"/v1/runs/{run}")).json()["status"] == "running"


async def test_it_does_not_listen_beyond_this_machine_unasked(world: World) -> None:
    settings = world.services.settings
    environment = {
        **os.environ,
        "SYMPHAINY_HOME": str(settings.home),
        "SYMPHAINY_TEMPORAL_ADDRESS": str(settings.temporal_address),
        "SYMPHAINY_API_HOST": "0.0.0.0",
        "SYMPHAINY_API_PORT": str(free_port()),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    assert process.returncode == 1
    assert "api.not-loopback: SYMPHAINY_API_HOST=0.0.0.0" in told.decode()


async def test_without_temporal_and_workers_it_says_so_and_asks_to_come_back(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    key = await asyncio.to_thread(issued, home)
    headers = {"Authorization": f"Bearer {key}"}
    async with real_server(tmp_path) as temporal:
        address = temporal.client.service_client.config.target_host
        settings = Settings(home=home, temporal_address=address, tenant="acme")
        async with (
            open_services(settings) as services,
            listening(services) as url,
            httpx2.AsyncClient(base_url=url, headers=headers, timeout=60) as client,
        ):
            early = await client.get("/health/ready")
            assert problem(early) == (503, "api.not-ready")
            assert "no worker pool" in early.json()["detail"]
            await temporal.shutdown()
            late = await client.get("/health/ready")
            assert "Temporal does not answer" in late.json()["detail"]
            paths = ("/v1/runs", "/v1/runs/acme.x:y", "/v1/runs/acme.x:y/events")
            for gone in await asyncio.gather(*map(client.get, paths)):
                assert problem(gone) == (503, "run.temporal-unreachable")
                assert int(gone.headers["retry-after"]) >= 1
            assert (await client.get("/health")).status_code == 200


def issued(home: Path) -> str:
    """A key for the tenant acme, in a store of its own."""
    stores = Stores.open(Settings(home=home))
    key = stores.keys.issue(principal("owner", "admin"), name="test", environment="all")
    stores.close()
    return key
