"""Regular expressions, through RE2: linear time whatever the pattern."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from symphainy.expr.errors import CompileError, failure, mismatch
from symphainy.expr.jsontext import brief
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, kind

FLAGS = frozenset("gixmsln" + "p")
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_UNSTEADY = re.compile(r"[|?]|\)[*+{]")
_LOOK_AROUND = re.compile(r"\(\?(?:[=!]|<[=!])")
_MEMORY = 1 << 20
LARGEST = 4_000
# what trying a pattern costs that RE2 gives up on, in steps
_GIVEN_UP = 2_500


class Unsupported(Exception):
    """The pattern is not one RE2 takes; the message says why."""


class Compiled(NamedTuple):
    """`size` is RE2's own count of instructions; `steady` whether no search reads far beyond
    its match."""

    regex: Any
    size: int
    steady: bool


@lru_cache(maxsize=64)
def compiled(pattern: str, flags: str) -> Compiled:
    """The RE2 program of a pattern under jq's flags."""
    # imported on first use, so that an interpreter without RE2 can still evaluate the rest
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    options.case_sensitive = "i" not in flags
    options.dot_nl = "m" in flags or "p" in flags
    options.longest_match = "l" in flags
    text = _without_layout(pattern) if "x" in flags else pattern
    try:
        regex = re2.compile(text.encode("utf-8", "replace"), options)
    except re2.error as error:
        raise Unsupported(_reason(pattern, error)) from None
    if regex.programsize > LARGEST:
        raise Unsupported(f"pattern too large - over {LARGEST} instructions")
    return Compiled(regex, regex.programsize, _is_steady(text))


def _is_steady(pattern: str) -> bool:
    """Whether the pattern is a plain sequence of repeated characters.

    In one with alternatives or optional parts, a match may be found and yet the search has to
    read to the end of the text, as a longer one might be preferred; and so after every match.
    """
    bare = _ATOM.sub("a", pattern).replace("(?:", "(").replace("(?P<", "(<").replace("(?<", "(<")
    return not _UNSTEADY.search(bare)


def _reason(pattern: str, error: Exception) -> str:
    shown = error.args[0] if error.args else ""
    if isinstance(shown, bytes):
        shown = shown.decode("utf-8", "replace")
    if _LOOK_AROUND.search(pattern) or re.search(r"\\[1-9]|\\k<", pattern):
        return f"look-around and back-references are not supported ({shown})"
    return str(shown)


def _without_layout(pattern: str) -> str:
    """The pattern without the white space and comments that the `x` flag allows."""
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            out.append(pattern[at : at + 2])
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in " \t\n\v\f\r":
            at += 1
            continue
        elif char == "#":
            end = pattern.find("\n", at)
            at = len(pattern) if end < 0 else end
            continue
        out.append(char)
        at += 1
    return "".join(out)


def check(pattern: str, flags: str | None, position: int) -> None:
    """Refuse, while compiling, a literal pattern that RE2 does not take."""
    if flags is not None and not FLAGS.issuperset(flags):
        raise CompileError(
            "expression.forbidden", f"{flags} is not a valid modifier string", position
        )
    try:
        compiled(pattern, "".join(sorted(set(flags or ""))))
    except Unsupported as error:
        raise CompileError(
            "expression.forbidden", f"the pattern is not supported: {error}", position
        ) from None


def program(meter: Meter, pattern: Value, flags: Value, literal: bool) -> tuple[Compiled, str]:
    """The compiled pattern and its flags; one found at run time costs what compiling it may."""
    if type(pattern) is not str:
        raise mismatch(f"{kind(pattern)} ({brief(pattern)}) is not a string")
    if flags is None:
        flags = ""
    if type(flags) is not str:
        raise mismatch(f"{kind(flags)} ({brief(flags)}) is not a string")
    if not FLAGS.issuperset(flags):
        raise failure(f"{flags} is not a valid modifier string")
    meter.charge(10 if literal else 200 + 4 * len(pattern))
    try:
        found = compiled(pattern, "".join(sorted(set(flags))))
    except Unsupported as error:
        if "too large" in str(error):
            meter.charge(_GIVEN_UP)
        raise failure(f"Regex failure: {error}") from None
    # whether it had to be compiled again must not show
    meter.charge(found.size >> 4 if literal else found.size >> 2)
    return found, flags


class Subject:
    """A text being searched: RE2 works on bytes, jq counts characters."""

    def __init__(self, meter: Meter, value: Value) -> None:
        if type(value) is not str:
            raise mismatch(
                f"{kind(value)} ({brief(value)}) cannot be matched, as it is not a string"
            )
        meter.text(len(value))
        meter.charge(len(value) >> 6)
        self.meter = meter
        self.text = value
        self.data = value.encode("utf-8", "replace")
        self.ascii = len(self.data) == len(value)
        self.seen = (0, 0)

    def offset(self, at: int) -> int:
        """The character offset of a byte offset; cheap when they only grow."""
        if self.ascii:
            return at
        last, chars = self.seen
        if at < last:
            chars -= len(self.data[at:last].decode("utf-8", "replace"))
        else:
            chars += len(self.data[last:at].decode("utf-8", "replace"))
        self.seen = (at, chars)
        return chars

    def spans(self, pattern: Compiled, every: bool, not_empty: bool) -> Iterator[Any]:
        """Successive matches; after an empty one the search goes on one character later.

        RE2 takes up to a step for 512 bytes and instructions where it falls back from its
        automaton; what a search has to read is paid for as if it did.
        """
        at, size = 0, len(self.data)
        while at <= size:
            self.meter.charge(3)
            if not pattern.steady:
                self.meter.charge((size - at) * pattern.size >> 9)
            found = pattern.regex.search(self.data, at)
            start, end = found.span() if found is not None else (size, size)
            if pattern.steady:
                self.meter.charge((end - at) * pattern.size >> 9)
            if found is None:
                return
            at = end
            if start == end:
                at = self._after(end)
                if not_empty:
                    continue
            yield found
            if not every:
                return

    def _after(self, at: int) -> int:
        at += 1
        while at < len(self.data) and self.data[at] & 0xC0 == 0x80:
            at += 1
        return at

    def part(self, start: int, end: int) -> dict[str, Value]:
        first, last = self.offset(start), self.offset(end)
        return {"offset": first, "length": last - first, "string": self.text[first:last]}

    def described(self, groups: int, names: dict[int, str], found: Any) -> dict[str, Value]:
        """The match as jq's object."""
        self.meter.charge(1 + groups)
        match = self.part(*found.span())
        self.meter.text(match["length"])
        captures = []
        for group in range(1, groups + 1):
            start, end = found.span(group)
            capture: dict[str, Value]
            if start == end:
                offset = -1 if start < 0 else self.offset(start)
                capture = {"offset": offset, "string": None if start < 0 else "", "length": 0}
            else:
                capture = self.part(start, end)
            capture["name"] = names.get(group)
            captures.append(capture)
        match["captures"] = captures
        return match


def matches(
    meter: Meter, value: Value, pattern: Value, flags: Value, literal: bool
) -> Iterator[dict[str, Value]]:
    """jq's match objects, all of them with the flag `g`."""
    subject = Subject(meter, value)
    known, used = program(meter, pattern, flags, literal)
    names = {number: _text(name) for name, number in known.regex.groupindex.items()}
    for found in subject.spans(known, "g" in used, "n" in used):
        yield subject.described(known.regex.groups, names, found)


def matches_any(meter: Meter, value: Value, pattern: Value, flags: Value, literal: bool) -> bool:
    subject = Subject(meter, value)
    known, used = program(meter, pattern, flags, literal)
    return any(True for _ in subject.spans(known, False, "n" in used))


def _text(name: Any) -> str:
    return name.decode("utf-8") if isinstance(name, bytes) else str(name)


def named(match: dict[str, Value]) -> dict[str, Value]:
    """The strings of the named groups."""
    return {c["name"]: c["string"] for c in match["captures"] if c["name"] is not None}
