"""The API on a socket."""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import uvicorn

from public_works import Settings
from solution_api.app import create_app
from solution_api.safety import is_loopback
from solution_api.services import Services, open_services
from symphainy.errors import Refused

__all__ = ["Server", "configured", "may_listen", "run", "serve"]

log = logging.getLogger("symphainy.api")

GRACE_SECONDS = 5
"""How long requests under way may take after the signal to stop; open event streams are cut."""


def run(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C, then end well.

    Refused `api.not-loopback`, `settings.invalid`; SystemExit after SIGTERM.
    """
    # The server raises the signal that stopped it once more when it is done.
    signal.signal(signal.SIGTERM, _leave)
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(settings))


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


async def _run(settings: Settings) -> None:
    async with open_services(settings) as services:
        await serve(services)


async def serve(services: Services, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve `services` until SIGTERM or Ctrl-C; `ready` is told the URL once it listens."""
    settings = services.settings
    known = await asyncio.to_thread(services.stores.keys.list, settings.tenant)
    may_listen(settings, identity=any(one.revoked is None for one in known))
    config = configured(services, settings.api_host, settings.api_port)
    await Server(config, ready).serve()


def configured(
    services: Services, host: str, port: int, *, grace: int = GRACE_SECONDS
) -> uvicorn.Config:
    """How the API is served, wherever it is."""
    return uvicorn.Config(
        create_app(services),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Whom to believe is ours to decide: the server would believe whoever is on this machine.
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=grace,
    )


class Server(uvicorn.Server):
    """A server that tells where it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None] | None = None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """See base class."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started and self.servers:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            log.info("API listens on %s", url)
            if self._ready is not None:
                self._ready(url)


def may_listen(settings: Settings, *, identity: bool) -> None:
    """Return if the API may listen where `settings` says.

    Beyond loopback it must be allowed to, and somebody must have a key.
    Refused `api.not-loopback`.
    """
    if is_loopback(settings.api_host) or (settings.allow_remote and identity):
        return
    lacking = (
        "no API key has been issued"
        if settings.allow_remote
        else "SYMPHAINY_ALLOW_REMOTE is not set"
    )
    raise Refused(
        "api.not-loopback",
        f"SYMPHAINY_API_HOST={settings.api_host} is reachable from other machines, and {lacking}.",
    )
