"""What an installation asks of versions before they run."""

from dataclasses import dataclass
from datetime import timedelta

from smart_city.lifecycle.states import SANDBOX

__all__ = ["Rules"]


@dataclass(frozen=True, slots=True)
class Rules:
    """Which environments ask for what."""

    order: tuple[str, ...] = (SANDBOX, "staging", "production")
    """The way up."""
    free: frozenset[str] = frozenset({SANDBOX})
    """Those that ask for no approval."""
    promoted: frozenset[str] = frozenset()
    """Those that take only what ran in an earlier one."""
    owners: frozenset[str] = frozenset()
    """Users who may deploy what they wrote and never submitted."""
    needed: int = 1
    """How many persons approve."""
    life: timedelta = timedelta(days=90)
    """How long a review is open, and an approval good."""
