"""What filters said, so that none is asked twice.

A filter may compute for as long as its meter lets it. It is asked before the transaction that
nobody else of the tenant gets past, and in it only for what has come meanwhile.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Judged"]

T = TypeVar("T")


class Judged(Generic[T]):
    """Answers by what they are about."""

    def __init__(self) -> None:
        self._said: dict[Hashable, T] = {}

    def of(self, about: Hashable, ask: Callable[[], T]) -> T:
        """What was said of it before, or what `ask` says now."""
        if about not in self._said:
            self._said[about] = ask()
        return self._said[about]
