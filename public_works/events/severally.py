"""What is done for one after the other, so that what fails for one keeps nobody waiting."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

__all__ = ["severally"]

log = logging.getLogger("symphainy.posting")

T = TypeVar("T")


def severally(them: Iterable[T], act: Callable[[T], int]) -> int:
    """The sum of `act` for all of them, without those for which it failed, which is logged."""
    count = 0
    for one in them:
        try:
            count += act(one)
        except Exception:
            log.exception("nothing is put on its way for %s", one)
    return count
