"""Puts values together while either syntax is read, and minds the limits both share."""

from typing import Any, NoReturn

from symphainy.document.limits import MAX_DEPTH, MAX_FINDINGS, MAX_KEY, MAX_NODES
from symphainy.document.source import KEY_SHIFT, Place, Position, escaped, lines, locate
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
        self.in_mapping = False
        self.expects_key = False
        """Whether the next thing in this mapping is a key."""
        self._nodes = 0
        self._key, self._key_start = "", 0
        # The innermost container and its place; outer ones wait on the stack.
        self._value: Any = None
        self._place: Any = None
        self._stack: list[tuple[Any, Any]] = []
        self._starts: list[int] | None = None

    @property
    def depth(self) -> int:
        return len(self._stack)

    def open(self, start: int, *, mapping: bool) -> None:
        """Begins a mapping or a sequence."""
        if len(self._stack) >= MAX_DEPTH:
            self.stop("document.too-deep", start, f"More than {MAX_DEPTH} levels of nesting.")
        value: Any = {} if mapping else []
        place = Place(start, self._key_start, {} if mapping else [])
        self._add(value, place, start)
        self._stack.append((self._value, self._place))
        self._value, self._place = value, place
        self.in_mapping = self.expects_key = mapping

    def close(self) -> None:
        """Ends the innermost mapping or sequence."""
        self._value, self._place = self._stack.pop()
        self.in_mapping = self.expects_key = type(self._value) is dict

    def key(self, key: str, start: int) -> None:
        """Names the next value of the innermost mapping."""
        self._nodes += 1
        if len(key) > MAX_KEY:
            self.stop("document.key-too-long", start, f"A key of {len(key):,} characters.")
        if key in self._value:
            self._duplicate(key, start)
        self._key, self._key_start = key, start
        self.expects_key = False

    def scalar(self, value: Json, start: int) -> None:
        """One plain value."""
        self._add(value, start | self._key_start << KEY_SHIFT if self.in_mapping else start, start)

    def position(self, offset: int) -> Position:
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

    def _add(self, value: Json, place: Place | int, start: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self.stop("document.too-many-nodes", start, f"More than {MAX_NODES:,} values and keys.")
        if self.in_mapping:
            self._value[self._key] = value
            self._place.values[self._key] = place
            self.expects_key = True
        elif self._stack:
            self._value.append(value)
            self._place.values.append(place)
        else:
            self.root, self.place = value, place

    def _duplicate(self, key: str, start: int) -> None:
        before = self._place.values.pop(key)
        # Taken out, so that the later one goes last, where `_path` looks for what is being read.
        self._value.pop(key)
        line = self.position(before.key if isinstance(before, Place) else before >> KEY_SHIFT).line
        shown = key if len(key) <= 60 else f"{key[:57]}..."
        message = f"The key `{shown}` is already in this mapping, on line {line}."
        self.note("document.duplicate-key", start, message, key)

    def _path(self) -> list[str]:
        """The reference tokens from the root to what is being read."""
        parts = [_last(place) for _, place in self._stack[1:]]
        if self.in_mapping and not self.expects_key:
            parts.append(self._key)
        elif self._stack and not self.in_mapping:
            parts.append(str(len(self._value)))
        return parts


def _last(place: Place) -> str:
    if isinstance(place.values, list):
        return str(len(place.values) - 1)
    return next(reversed(place.values), "")
