"""`symphainy key`: a further API key of the local tenant."""

import sys

from public_works import Settings, Stores
from symphainy.identity import Principal

__all__ = ["key"]


def key(settings: Settings, name: str, roles: list[str]) -> int:
    """0; the key on stdout, shown this once."""
    stores = Stores.open(settings)
    holder = Principal(tenant=settings.tenant, id=name, kind="user", roles=frozenset(roles))
    sys.stdout.write(stores.keys.issue(holder, name=name, environment=settings.environment) + "\n")
    sys.stderr.write("Kept as a hash only: this is the one time it is shown.\n")
    stores.close()
    return 0
