"""The keys that a platform issues to its own people and commands."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from idp.place import key_file
from public_works import Settings, Stores
from symphainy.errors import Unavailable
from symphainy.identity import Principal

__all__ = ["LIFE", "OWNER", "ROLES", "Session", "first_key", "session"]

OWNER = "owner"
ROLES = frozenset({"admin", "author", "operator", "viewer"})
"""Every role of the API; the roles that approvals ask for are a client's own."""

EMBEDDED = "embedded"
SESSION = "session"
LIFE = timedelta(hours=12)
RENEWAL = LIFE / 2
"""So that one failure does not end the session."""


def first_key(stores: Stores, settings: Settings) -> str | None:
    """The first key of this installation, in plain text; None if it was issued before."""
    if any(one.name == EMBEDDED for one in stores.keys.list(settings.tenant)):
        return None
    owner = _owner(settings.tenant)
    return stores.keys.issue(owner, name=EMBEDDED, environment=settings.environment)


class Session:
    """The key that commands of the same folder present: a file only its owner can read, which
    lives no longer than the platform is up, and changes before it expires."""

    def __init__(self, stores: Stores, settings: Settings, file: Path) -> None:
        self._stores = stores
        self._tenant = settings.tenant
        self._environment = settings.environment
        self._file = file

    def renew(self) -> None:
        """Issue a key, let commands find it, and end those before."""
        before = self._alive()
        key = self._stores.keys.issue(
            _owner(self._tenant),
            name=SESSION,
            environment=self._environment,
            expires=datetime.now(UTC) + LIFE,
        )
        _write(self._file, key)
        self._revoke(before)

    def end(self) -> None:
        """End every key of the session."""
        self._file.unlink(missing_ok=True)
        self._revoke(self._alive())

    def _alive(self) -> list[str]:
        keys = self._stores.keys.list(self._tenant)
        return [one.id for one in keys if one.name == SESSION and one.revoked is None]

    def _revoke(self, keys: list[str]) -> None:
        for one in keys:
            self._stores.keys.revoke(self._tenant, one)


@asynccontextmanager
async def session(stores: Stores, settings: Settings) -> AsyncIterator[None]:
    """A session as long as the platform is up."""
    keys = Session(stores, settings, key_file(settings.home))
    await asyncio.to_thread(keys.renew)
    renewing = asyncio.create_task(_renew(keys))
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.to_thread(keys.end)


async def _renew(keys: Session) -> None:
    while True:
        await asyncio.sleep(RENEWAL.total_seconds())
        with suppress(Unavailable):
            await asyncio.to_thread(keys.renew)


def _owner(tenant: str) -> Principal:
    return Principal(tenant=tenant, id=OWNER, kind="user", roles=ROLES)


def _write(file: Path, key: str) -> None:
    draft = file.with_name("." + file.name)
    draft.unlink(missing_ok=True)
    # Created for nobody else from the start, not narrowed afterwards.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(key + "\n")
    draft.replace(file)
