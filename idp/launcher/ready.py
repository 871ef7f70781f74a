"""One user for each role, ready to be tried: their keys lie in the home folder."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from public_works import Settings, Stores
from public_works.keys import LONGEST_LIFE
from smart_city.roles import ROLES
from smart_city.scope import EVERYWHERE
from symphainy.identity import Principal

__all__ = ["READY", "ready_keys", "ready_users", "write_private"]

READY = tuple(role for role in ROLES if role != "admin")
FOLDER = "users"
SOON = timedelta(days=1)


def ready_users(stores: Stores, settings: Settings) -> None:
    """See that each role has a user whose key lies in a file that only its owner can read.

    A key that somebody revoked or whose file they took away stays so.
    """
    known = {one.name: one for one in reversed(stores.keys.list(settings.tenant))}
    for role in READY:
        before = known.get(_name(role))
        if before is None or (before.revoked is None and _expired(before.expires)):
            who = Principal(
                tenant=settings.tenant, id=f"local-{role}", kind="user", roles=frozenset({role})
            )
            key = stores.keys.issue(
                who,
                name=_name(role),
                environment=EVERYWHERE,
                expires=datetime.now(UTC) + LONGEST_LIFE - SOON,
            )
            write_private(settings.home / FOLDER / role, key)


def ready_keys(home: Path) -> dict[Path, str]:
    """The files of ready users, and the keys in them."""
    return {file: file.read_text().strip() for file in sorted((home / FOLDER).glob("[a-z]*"))}


def write_private(file: Path, key: str) -> None:
    """Have `key` in `file`, whole or not at all, for nobody but its owner."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name("." + file.name)
    draft.unlink(missing_ok=True)
    # Created for nobody else from the start, not narrowed afterwards.
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(key + "\n")
    draft.replace(file)


def _name(role: str) -> str:
    return f"ready-{role}"


def _expired(expires: datetime | None) -> bool:
    return expires is not None and expires < datetime.now(UTC) + SOON
