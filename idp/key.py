"""`symphainy key`: the API keys of this installation."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import ValidationError

from idp import place
from idp.launcher.ready import ready_keys
from public_works import Settings, Stores
from public_works.keyfiles import pepper
from public_works.keys import KeyRecord, Keys
from smart_city.scope import Scope
from solution_api.tickets import MINUTES, Tickets
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["Wanted", "issue", "link_to", "listed", "revoke", "rotate"]

SEEN = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Wanted:
    """A key to be."""

    name: str
    roles: Sequence[str]
    kind: Literal["user", "service", "agent"] = "user"
    environment: str | None = None
    days: int | None = None
    solutions: Sequence[str] = field(default=())
    endpoints: Sequence[str] = field(default=())
    read_only: bool = False
    networks: Sequence[str] = field(default=())
    on_behalf_of: str | None = None

    @property
    def scope(self) -> Scope:
        """What it is limited to."""
        limits = {
            "solutions": tuple(self.solutions) or None,
            "endpoints": tuple(self.endpoints) or None,
            "read_only": self.read_only,
            "networks": tuple(self.networks) or None,
        }
        try:
            return Scope.model_validate(limits)
        except ValidationError as error:
            message = f"--network: {error.errors()[0]['msg']}"
            raise Refused("api.invalid-request", message) from None


def issue(settings: Settings, wanted: Wanted) -> int:
    """0; the key on stdout, shown this once."""
    holder = Principal(
        tenant=settings.tenant,
        id=wanted.name,
        kind=wanted.kind,
        roles=frozenset(wanted.roles),
        on_behalf_of=wanted.on_behalf_of,
    )
    with _keys(settings) as keys:
        text = keys.issue(
            holder,
            name=wanted.name,
            environment=wanted.environment or settings.environment,
            expires=datetime.now(UTC) + timedelta(days=wanted.days) if wanted.days else None,
            scope=wanted.scope,
        )
        _show(keys, settings.tenant, text)
    return 0


def rotate(settings: Settings, key: str, overlap: timedelta) -> int:
    """0; the new key on stdout, shown this once; the one before is good for `overlap` longer."""
    with _keys(settings) as keys:
        _show(keys, settings.tenant, keys.rotate(settings.tenant, key, overlap=overlap))
    return 0


def revoke(settings: Settings, key: str) -> int:
    """0; the key is over. Refused `key.missing`."""
    with _keys(settings) as keys:
        if not keys.revoke(settings.tenant, key):
            raise Refused("key.missing", f"There is no key {key[:80]!r}.")
    return 0


def link_to(settings: Settings) -> int:
    """0; a link on stdout that signs one browser in, for whoever may read the home folder."""
    up = place.running(settings.home.absolute())
    here = f"http://127.0.0.1:{settings.api_port}"
    base = settings.public_base_url or (up.api if up else here)
    ticket = Tickets(pepper(settings.home)).issue(settings.tenant)
    sys.stdout.write(f"{base.rstrip('/')}/outbox?token={ticket}\n")
    sys.stderr.write(f"Opens the outbox once, within {MINUTES} minutes.\n")
    return 0


def listed(settings: Settings, *, as_json: bool) -> int:
    """0; a line for each key that is good, and where ready ones lie."""
    with _keys(settings) as keys:
        found = keys.list(settings.tenant)
    if as_json:
        shown = [one.model_dump(mode="json") for one in found]
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
        return 0
    files = {text.split("_")[2]: file for file, text in ready_keys(settings.home).items()}
    sys.stdout.write(
        "id                name              kind     expires           used              roles\n"
    )
    for one in found:
        if one.good:
            sys.stdout.write(_line(one) + "\n")
            if one.id in files:
                sys.stdout.write(f"                  {files[one.id]}\n")
    return 0


def _line(one: KeyRecord) -> str:
    expires = one.expires.strftime(SEEN) if one.expires else "never"
    used = one.used.strftime(SEEN) if one.used else "never"
    where = "" if one.environment == "all" else f" in {one.environment}"
    roles = ", ".join(one.roles) + where
    return f"{one.id}  {one.name:<16}  {one.kind:<7}  {expires:<16}  {used:<16}  {roles}"


def _show(keys: Keys, tenant: str, text: str) -> None:
    known = keys.get(tenant, text.split("_")[2])
    sys.stdout.write(text + "\n")
    until = known.expires.strftime(SEEN) if known and known.expires else "never"
    sys.stderr.write(
        f"Expires {until} UTC. Kept as a hash only: this is the one time it is shown.\n"
    )


@contextmanager
def _keys(settings: Settings) -> Iterator[Keys]:
    stores = Stores.open(settings)
    try:
        yield stores.keys
    finally:
        stores.close()
