"""A document that was read, and where each of its values stands."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from symphainy.json import Json

__all__ = ["KEY_SHIFT", "Place", "Position", "Source", "escaped", "lines"]

KEY_SHIFT = 21
"""Enough for the offsets of 1 MiB."""
NEWLINE = re.compile(r"\r\n|\n|\r")


class Position(NamedTuple):
    """A place in a text; both numbers count from 1, columns in characters."""

    line: int
    column: int


@dataclass(slots=True)
class Place:
    """Where a mapping or sequence begins, where its key does, and the places of what is in it.

    The place of a scalar is a bare integer, because there may be 50,000: its offset, and above
    `KEY_SHIFT` bits the offset of its key.
    """

    start: int
    key: int
    values: "dict[str, Place | int] | list[Place | int]"


@dataclass(frozen=True)
class Source:
    """The text, its data, and the places of both values and keys."""

    text: str
    data: Json
    place: Place | int

    def position(self, pointer: str) -> Position:
        """Where the value is, or else its nearest ancestor."""
        return self._at(self._trail(pointer)[-1][1])

    def key_position(self, pointer: str) -> Position:
        """Where the key of the value is, or else the nearest ancestor with a key."""
        return self._at(self._trail(pointer)[-1][0])

    def _trail(self, pointer: str) -> list[tuple[int, int]]:
        place, in_mapping = self.place, False
        trail = [_offsets(place, in_mapping)]
        for part in pointer.split("/")[1:]:
            found = _step(place, part.replace("~1", "/").replace("~0", "~"))
            if found is None:
                break
            in_mapping = isinstance(place, Place) and isinstance(place.values, dict)
            place = found
            trail.append(_offsets(place, in_mapping))
        return trail

    @cached_property
    def _lines(self) -> list[int]:
        return lines(self.text)

    def _at(self, offset: int) -> Position:
        return locate(self._lines, offset)


def lines(text: str) -> list[int]:
    """The offsets at which lines begin."""
    return [0, *(match.end() for match in NEWLINE.finditer(text))]


def locate(starts: list[int], offset: int) -> Position:
    """The line and column of an offset."""
    line = bisect_right(starts, offset)
    return Position(line, offset - starts[line - 1] + 1)


def escaped(part: str) -> str:
    """One reference token of an RFC 6901 pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def _offsets(place: Place | int, in_mapping: bool) -> tuple[int, int]:
    """The offsets of the key and of the value; an item of a list is its own key."""
    if isinstance(place, Place):
        return (place.key if in_mapping else place.start), place.start
    start = place & ((1 << KEY_SHIFT) - 1)
    return (place >> KEY_SHIFT if in_mapping else start), start


def _step(place: Place | int, part: str) -> Place | int | None:
    if isinstance(place, int):
        return None
    if isinstance(place.values, dict):
        return place.values.get(part)
    if len(part) > 6 or not (part.isascii() and part.isdigit()) or int(part) >= len(place.values):
        return None
    return place.values[int(part)]
