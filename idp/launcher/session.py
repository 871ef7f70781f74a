"""The keys that a platform issues to its own people and commands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from idp.launcher.ready import write_private
from idp.place import key_file
from public_works import Settings, Stores
from public_works.keys import LONGEST_LIFE
from smart_city.scope import EVERYWHERE
from symphainy.errors import Unavailable
from symphainy.identity import Principal

__all__ = ["LIFE", "OWNER", "ROLES", "Session", "first_key", "session"]

OWNER = "owner"
ROLES = frozenset({"admin", "author", "operator", "platform-admin", "viewer"})
"""All that can be done over the API; the roles that approvals ask for are a client's own."""

EMBEDDED = "embedded"
SESSION = "session"
LIFE = timedelta(hours=12)
RENEWAL = LIFE / 2
"""So that one failure does not end the session."""


def first_key(stores: Stores, settings: Settings) -> str | None:
    """The first key of this installation, in plain text; None if it was issued before."""
    moment = datetime.now(UTC)
    for one in stores.keys.list(settings.tenant):
        # One that was revoked is not wanted; in the place of one that ran out comes another.
        if one.name == EMBEDDED and (one.revoked or not one.expires or one.expires > moment):
            return None
    return stores.keys.issue(
        _owner(settings.tenant),
        name=EMBEDDED,
        environment=EVERYWHERE,
        expires=moment + LONGEST_LIFE - timedelta(days=1),
    )


class Session:
    """The key that commands of the same folder present: a file only its owner can read, which
    lives no longer than the platform is up, and changes before it expires."""

    def __init__(self, stores: Stores, settings: Settings, file: Path) -> None:
        self._stores = stores
        self._tenant = settings.tenant
        self._file = file

    def renew(self) -> None:
        """Issue a key, let commands find it, and end those before."""
        before = self._alive()
        key = self._stores.keys.issue(
            _owner(self._tenant),
            name=SESSION,
            environment=EVERYWHERE,
            expires=datetime.now(UTC) + LIFE,
        )
        write_private(self._file, key)
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
