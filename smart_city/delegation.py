"""What an agent may do for somebody."""

from collections.abc import Iterable

from smart_city.roles import NO_OWN, OwnRoles, kept

__all__ = ["shared"]


def shared(agent: Iterable[str], user: Iterable[str], own: OwnRoles = NO_OWN) -> frozenset[str]:
    """The roles in which an agent with the roles `agent` acts for somebody with the roles `user`:
    those that let it do nothing that either may not."""
    theirs, its = frozenset(user), frozenset(agent)
    both = kept(its, theirs, own) | kept(theirs, its, own)
    # Nearly every role reads, so two that have nothing else in common have that.
    return both | (kept(["viewer"], theirs, own) & kept(["viewer"], its, own))
