"""Documents that a definition names by URI, as the compiler wants them and is given them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from symphainy.json import Json
from symphainy.plan.node import Secrets

__all__ = ["Fetch", "Fetched", "Resource", "Unreachable", "Wanted"]


@dataclass(frozen=True, slots=True)
class Resource:
    """A document as it was fetched."""

    content: bytes
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A document that nobody could give, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that a compilation needs to go on."""

    uri: str
    pointer: str
    """Where the definition names it."""
    authentication: Json = None
    """The scheme with its properties, null where `secrets` puts something in."""
    secrets: Secrets = field(default_factory=dict)


Fetched = Resource | Unreachable
Fetch = Callable[[Sequence[Wanted]], Awaitable[Mapping[str, Fetched]]]
"""What is there at each of the URIs; it never raises for what a document names."""
