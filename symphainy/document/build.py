"""Puts values together while either syntax is read, and minds the limits both share."""

from typing import NoReturn

from symphainy.document.limits import MAX_DEPTH, MAX_FINDINGS, MAX_KEY, MAX_NODES
from symphainy.document.source import Place, escaped, lines, locate
from symphainy.findings import Finding, Invalid, finding
from symphainy.json import Json

__all__ = ["Builder"]


class Builder:
    """Values from a flat run of `open`, `key`, `scalar` and `close`, without recursion.

    What is merely wrong is noted and read past, so that one reading finds all of it;
    what could cost without bound ends the reading (`Invalid`).
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.noted: list[Finding] = []
        self.root: Json = None
        self.place: Place | int = 0
        self.nodes = 0
        self.waiting: str | None = None
        """The key whose value comes next."""
        self._key_start = 0
        self._open: list[tuple[Json, Place]] = []
        self._starts: list[int] | None = None

    @property
    def depth(self) -> int:
        return len(self._open)

    @property
    def in_mapping(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][0], dict)

    @property
    def expects_key(self) -> bool:
        return self.waiting is None and self.in_mapping

    def open(self, start: int, *, mapping: bool) -> None:
        """Begins a mapping or a sequence."""
        self.count(start)
        if len(self._open) >= MAX_DEPTH:
            self.stop("document.too-deep", start, f"More than {MAX_DEPTH} levels of nesting.")
        value: Json = {} if mapping else []
        place = Place(start, {}, {} if mapping else [])
        self._add(value, place)
        self._open.append((value, place))
        self.waiting = None

    def close(self) -> None:
        """Ends the innermost mapping or sequence."""
        self._open.pop()
        self.waiting = None

    def key(self, key: str, start: int) -> None:
        """Names the next value of the innermost mapping."""
        self.count(start)
        if len(key) > MAX_KEY:
            self.stop("document.key-too-long", start, f"A key of {len(key):,} characters.")
        value, place = self._open[-1]
        if key in place.keys:
            first = self.position(place.keys[key])
            self.note(
                "document.duplicate-key",
                start,
                f"The key {_quoted(key)} is already in this mapping, on line {first[0]}.",
                key,
            )
            # The later one goes last, where `_path` looks for the value being read.
            _forget(key, value, place)
        self.waiting, self._key_start = key, start

    def scalar(self, value: Json, start: int) -> None:
        """One plain value."""
        self.count(start)
        self._add(value, start)

    def count(self, start: int) -> None:
        """Minds the number of nodes."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop("document.too-many-nodes", start, f"More than {MAX_NODES:,} values and keys.")

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        if self._starts is None:
            self._starts = lines(self.text)
        return locate(self._starts, offset)

    def note(self, code: str, start: int, message: str, *parts: str) -> None:
        """Keeps a finding and reads on, up to a bound."""
        line, column = self.position(start)
        here = "".join(f"/{escaped(part)}" for part in (*self._path(), *parts))
        self.noted.append(finding(code, message, pointer=here, line=line, column=column))
        if len(self.noted) >= MAX_FINDINGS:
            raise Invalid(self.noted)

    def stop(self, code: str, start: int, message: str) -> NoReturn:
        """Ends the reading."""
        self.note(code, start, message)
        raise Invalid(self.noted)

    def _path(self) -> list[str]:
        parts = []
        for index, (_, place) in enumerate(self._open):
            inner = self._open[index + 1][1] if index + 1 < len(self._open) else None
            if isinstance(place.values, list):
                count = len(place.values)
                parts.append(str(count - 1 if inner else count))
            elif inner is not None:
                parts.append(next(reversed(place.values), ""))
        if self.waiting is not None:
            parts.append(self.waiting)
        return parts

    def _add(self, value: Json, place: Place | int) -> None:
        if not self._open:
            self.root, self.place = value, place
            return
        into, places = self._open[-1]
        if isinstance(into, dict) and isinstance(places.values, dict):
            key = self.waiting or ""
            into[key] = value
            places.keys[key] = self._key_start
            places.values[key] = place
            self.waiting = None
        elif isinstance(into, list) and isinstance(places.values, list):
            into.append(value)
            places.values.append(place)


def _forget(key: str, value: Json, place: Place) -> None:
    for mapping in (value, place.keys, place.values):
        if isinstance(mapping, dict):
            mapping.pop(key)


def _quoted(text: str) -> str:
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
