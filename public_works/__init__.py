"""What holds things: settings and client config, SQL, blobs, secrets, ledger, egress."""

from typing import TYPE_CHECKING

from public_works.settings import Settings

if TYPE_CHECKING:
    from public_works.stores import Stores

__all__ = ["Settings", "Stores"]


def __getattr__(name: str) -> object:
    # Commands that only need settings would wait for SQLAlchemy otherwise.
    if name == "Stores":
        from public_works.stores import Stores

        return Stores
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
