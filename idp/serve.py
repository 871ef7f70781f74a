"""The processes of a platform that serve: a worker pool, the API."""

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client

from idp.launcher import milestones
from idp.launcher.ready import ready_users
from idp.launcher.runtime import answering, prepare
from idp.launcher.session import first_key, session
from idp.pool import borrowing
from idp.rooms import strangers
from public_works import Settings, Stores
from public_works.keyfiles import pepper, signing_key_pem
from public_works.pool_keys import HeldKeys
from public_works.telemetry.logs import set_up
from symphainy.errors import Refused
from temporal.attributes import register
from workers import Pool, open_pool
from workers.confined import open_confined
from workers.deployment import make_current

__all__ = ["api", "worker"]

PATIENCE = timedelta(minutes=3)


def worker(settings: Settings, pool: str) -> None:
    """Serve as the worker pool of that name until SIGTERM, then finish what is under way."""
    if settings.pool_keys is not None:
        set_up(settings, launched=False)
        asyncio.run(_work_confined(settings, settings.pool_keys))
        return
    _begin(settings)
    milestones.forward("symphainy.workers")
    asyncio.run(_work(settings, pool))


def api(settings: Settings) -> None:
    """Serve the API until SIGTERM."""
    from solution_api import Tickets, run

    _begin(settings)
    ticket = Tickets(pepper(settings.home)).issue(settings.tenant)
    milestones.reached("outbox", f"?token={ticket}&live=true")
    asyncio.run(answering(settings, PATIENCE))
    run(settings)


async def _work(settings: Settings, name: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    stores = await asyncio.to_thread(Stores.open, settings)
    client = await answering(settings, PATIENCE)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, stores.close)
        if milestones.launched():
            await _prepare(settings, client)
            await stack.enter_async_context(session(stores, settings))
            _first(await asyncio.to_thread(first_key, stores, settings))
            await asyncio.to_thread(ready_users, stores, settings)
        pool = await stack.enter_async_context(open_pool(settings, stores, name=name))
        await _serve(pool, stop)


async def _work_confined(settings: Settings, file: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    keys = HeldKeys(file, borrowing())
    await answering(settings, PATIENCE)
    async with open_confined(settings, keys) as pool:
        await _serve(pool, stop)


async def _prepare(settings: Settings, client: Client) -> None:
    """Make the namespace fit for us, and see that an embedded server is what was asked for."""
    if milestones.embedded():
        missing = await prepare(client, settings.home)
        if missing:
            milestones.reached("refused", "; ".join(missing))
            raise Refused("settings.invalid", "; ".join(missing))
    await register(client)
    told = "WAL, fairness and time skipping checked" if milestones.embedded() else "not ours"
    milestones.reached("runtime", f"Temporal at {settings.temporal_address} ({told})")


def _first(key: str | None) -> None:
    if key is not None:
        milestones.reached("key", key)


async def _serve(pool: Pool, stop: asyncio.Event) -> None:
    async with pool.worker:
        if pool.interprets:
            await make_current(pool.client)
        milestones.reached("worker", f"pool {pool.name} is working")
        await stop.wait()


def _begin(settings: Settings) -> None:
    if milestones.launched():
        # Ctrl-C reaches every process of the group; the launcher says when to stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up(settings, launched=milestones.launched())
    for name in ("gate", "intake"):
        # Made before anybody looks which keys to trust.
        signing_key_pem(settings.home, name)
    found = strangers()
    if found:
        told = "; ".join(f"{room} is {what}" for room, what in found.items())
        raise Refused(
            "settings.invalid",
            f"another package has taken the name of a part of the platform: {told}. "
            "Run the platform from an environment of its own.",
        )
