"""How much a rendering may do, counted so that every machine stops at the same place."""

from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ITERATIONS",
    "LOCALS",
    "MARKUP",
    "MARKUPS",
    "OUTPUT",
    "SOURCE",
    "SPACE",
    "WORK",
    "Purse",
    "size",
]

SOURCE = 128 * 1024
"""Characters of a template."""
MARKUPS = 4_000
"""Tags and outputs of a template."""
MARKUP = 8_192
"""Characters of one tag or output."""
SPACE = 200
"""White space in a row inside a tag: the engine's lexer needs its square in time."""
OUTPUT = 1024 * 1024
"""UTF-8 bytes of what is rendered."""
LOCALS = 512 * 1024
"""Bytes of what a template assigns and captures."""
ITERATIONS = 10_000
"""Iterations of one nest of loops."""
WORK = 5_000_000
"""Units of a rendering: a character or a byte is 1, an item 8, a node in a loop 10."""

_ITEM = 8


class Purse:
    """Units left of what one rendering, or several together, may do."""

    __slots__ = ("left",)

    def __init__(self, left: int = WORK) -> None:
        self.left = left


def size(value: object, enough: int = WORK) -> int:
    """The units in `value` with all that is in it; counting stops soon after `enough`.

    A list may hold the same long text a million times, so what counts is what it would become
    when it is written out, not the memory it takes.
    """
    total = 0
    pending: list[object] = [value]
    while pending and total <= enough:
        one = pending.pop()
        total += _ITEM
        if isinstance(one, str):
            total += len(one)
        elif isinstance(one, range):
            total += _ITEM * max(one.stop - one.start, 0)
        elif isinstance(one, (Mapping, Sequence)):
            total += _ITEM * len(one)
            if total <= enough:
                pending.extend(_inside(one))
    return total


def _inside(one: Mapping[object, object] | Sequence[object]) -> Iterable[object]:
    if not isinstance(one, Mapping):
        yield from one
        return
    for key, value in one.items():
        yield key
        yield value
