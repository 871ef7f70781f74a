"""What became of it all: the platform's account held against that of the providers; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

__all__ = ["Account", "Book", "Verdict", "verdict"]

SENT = frozenset({"accepted", "delivered"})
DOUBT = frozenset({"in_flight", "unknown", "reconciling", "unresolved"})


@dataclass(frozen=True, slots=True)
class Account:
    """One intent as the platform shows it."""

    number: int
    run: str | None
    """None: the platform never took it."""
    completed: bool
    delivery: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Book:
    """What a provider has."""

    kept: Mapping[int, Collection[str]]
    """By the number of the intent, its own names of what it made of it: more than one is a
    duplicate."""
    proved: Collection[str]
    """What it has answered for, so that the answer proves it."""
    tells: bool
    """Whether the platform can find out afterwards: by key, upsert, look-up or receipt."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The line that is printed."""

    intents: int
    lost: int
    duplicates: int
    unknown_shown: int
    unknown_true: int


def verdict(
    accounts: Collection[Account], books: Collection[Book], cut: Collection[str]
) -> Verdict:
    """The count. `cut`: the deliveries that were on the wire when a worker was killed.

    lost: an intent without a run that ended as it should, or one that is shown as sent and that no
    provider has. unknown_true: what nobody can know, because the provider gave no proof, or the
    proof met a dead worker, and cannot be asked.
    """
    kept: dict[int, set[str]] = {}
    for book in books:
        for number, names in book.kept.items():
            kept.setdefault(number, set()).update(names)
    return Verdict(
        intents=len(accounts),
        lost=sum(_lost(one, kept) for one in accounts),
        duplicates=sum(len(names) - 1 for names in kept.values()),
        unknown_shown=sum(one.state in DOUBT for one in accounts),
        unknown_true=len(_unknowable(accounts, books, cut)),
    )


def _lost(one: Account, kept: Mapping[int, Collection[str]]) -> bool:
    if one.run is None or not one.completed or one.delivery is None:
        return True
    if one.state in SENT:
        return one.number not in kept
    return one.state not in DOUBT


def _unknowable(
    accounts: Collection[Account], books: Collection[Book], cut: Collection[str]
) -> set[int]:
    dying = {one.number for one in accounts if one.delivery in cut}
    askable = {number for book in books if book.tells for number in book.kept}
    found = dying - askable
    for book in books:
        if not book.tells:
            unproved = (n for n, names in book.kept.items() if not set(names) <= set(book.proved))
            found.update(unproved)
    return found
