"""The way of versions through environments: up by promotion, back by rollback."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symphainy.errors import Refused

__all__ = ["Ran", "before", "next_environment", "upwards"]


@dataclass(frozen=True, slots=True)
class Ran:
    """A version that an environment ran from then on."""

    version: str
    back: bool = False
    """Whether it was taken back, so that what ran since is no longer before it."""


def before(history: Iterable[Ran], now: str | None) -> list[str]:
    """What an environment ran before `now`, the last one first, each once."""
    stack: list[str] = []
    for one in history:
        if one.back and one.version in stack:
            del stack[stack.index(one.version) :]
        if one.version in stack:
            stack.remove(one.version)
        stack.append(one.version)
    if now in stack:
        del stack[stack.index(now) :]
    return stack[::-1]


def upwards(order: Sequence[str], source: str, target: str) -> None:
    """Return if versions are promoted from `source` to `target`. Refused lifecycle.order."""
    for one in (source, target):
        if one not in order:
            said = ", ".join(order)
            raise Refused("lifecycle.order", f"{one} is none of the environments {said}.")
    if order.index(target) <= order.index(source):
        message = f"{target} does not come after {source}; the order is {', '.join(order)}."
        raise Refused("lifecycle.order", message)


def next_environment(order: Sequence[str], running: Iterable[str]) -> tuple[str, str] | None:
    """From the last environment that runs it to the one behind; None where there is none."""
    places = [order.index(one) for one in running if one in order]
    if not places or max(places) + 1 >= len(order):
        return None
    return order[max(places)], order[max(places) + 1]
