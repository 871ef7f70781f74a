"""A document that was read, and where each of its values stands."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from symphainy.json import Json

__all__ = ["Place", "Position", "Source", "escaped", "lines"]

NEWLINE = re.compile(r"\r\n|\n|\r")


class Position(NamedTuple):
    """A place in a text; both numbers count from 1, columns in characters."""

    line: int
    column: int


@dataclass(slots=True)
class Place:
    """Character offsets of a value, of its keys, and of what is in it."""

    start: int
    keys: dict[str, int] = field(default_factory=dict)
    values: "dict[str, Place | int] | list[Place | int]" = field(default_factory=list)
    """A scalar is its bare offset: most values are, and there may be 50,000."""


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
        place = self.place
        trail = [(_start(place), _start(place))]
        for part in pointer.split("/")[1:]:
            found = _step(place, part.replace("~1", "/").replace("~0", "~"))
            if found is None:
                break
            key, place = found
            trail.append((key, _start(place)))
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


def _start(place: Place | int) -> int:
    return place if isinstance(place, int) else place.start


def _step(place: Place | int, part: str) -> tuple[int, Place | int] | None:
    if isinstance(place, int):
        return None
    if isinstance(place.values, dict):
        found = place.values.get(part)
        return None if found is None else (place.keys[part], found)
    if len(part) > 6 or not (part.isascii() and part.isdigit()) or int(part) >= len(place.values):
        return None
    item = place.values[int(part)]
    return _start(item), item
