"""What holds things: settings and client config, SQL, blobs, secrets, ledger, egress."""

from public_works.settings import Settings
from public_works.stores import Stores

__all__ = ["Settings", "Stores"]
