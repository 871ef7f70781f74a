"""A platform whose providers are twins that call back."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from public_works import Settings
from solution_api import open_services
from temporal import attributes
from tests.api.conftest import cancel_all
from tests.api.world import listening
from tests.callbacks.world import BASE, World
from tests.runtime.platform import real_server
from tests.twins.signing import SendGridSigner, SnsSigner
from tests.twins.twilio import SECRET, TwilioTwin
from tests.twins.web import Answer, web
from workers.deployment import make_current
from workers.pool import Options, open_pool


@pytest.fixture(scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Temporal, a worker pool, the API on a socket, and Twilio."""
    async with (
        opened(tmp_path_factory.mktemp("callbacks")) as found,
        working(found),
    ):
        yield found


@pytest.fixture
async def idle(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world without workers, to bring one's own."""
    async with opened(tmp_path_factory.mktemp("idle")) as found:
        yield found


@asynccontextmanager
async def working(world: World) -> AsyncIterator[None]:
    """A worker pool that reaches the twins."""
    services = world.services
    options = Options(egress=world.amazon.egress("127.0.0.1"))
    opened = open_pool(services.settings, services.stores, options=options)
    async with opened as pool, pool.worker:
        await make_current(services.client)
        yield
        await cancel_all(services)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[World]:
    secrets = folder / "home" / "secrets" / "acme"
    secrets.mkdir(parents=True)
    sendgrid, sns = SendGridSigner(), SnsSigner()
    certificate = {sns.host: lambda asked: Answer(200, sns.certificate)}
    (secrets / "twilio").write_text(json.dumps(SECRET))
    (secrets / "ses").write_text(json.dumps({"topicArn": sns.topic}))
    (secrets / "sendgrid-webhook").write_text(sendgrid.public)
    with web(folder, certificate) as amazon:
        async with real_server(folder) as temporal, TwilioTwin() as twilio:
            settings = Settings(
                home=folder / "home",
                temporal_address=temporal.client.service_client.config.target_host,
                tenant="acme",
                egress_allow="127.0.0.1",
                public_base_url=BASE,
                delivery_reconcile_seconds=2.0,
            )
            async with open_services(settings) as services:
                await attributes.register(services.client)
                async with listening(services) as url:
                    yield World(url, services, twilio, sendgrid, sns, amazon)
