"""Liquid taken out of markup, and put back when other tools are done with it.

MJML and HTML parsers take `<` in a condition for a tag, quotes in an attribute for its end, and
move text out of tables. So a tag becomes a comment where comments may stand, and everything else
a word that all of them leave alone.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from symphainy.template.scan import markups

__all__ = ["Protected", "protect"]

_START = re.compile(r"<!--|<(?P<close>/?)(?P<name>[A-Za-z][\w:-]*)")
# Here a comment would be text, or be dropped.
_VERBATIM = frozenset(
    {"mj-accordion-title", "mj-preview", "mj-style", "mj-title"}
    | {"script", "style", "textarea", "title"}
)
_ENDS = {"comment": "-->", '"': '"', "'": "'"}
_INSIDE = re.compile(r"[\"'>]")


class Protected:
    """A source with its Liquid replaced by placeholders."""

    def __init__(
        self, text: str, word: str, kept: dict[str, str], places: list[tuple[int, int]]
    ) -> None:
        self.text = text
        self._mark = re.compile(rf"<!--{word}\d+z-->|{word}\d+z")
        self._kept = kept
        self._places = places

    def restored(self, text: str) -> str:
        """What another tool made of the text, with the Liquid in it again."""
        return self._mark.sub(lambda match: self._kept[match.group()], text)

    def size(self, text: str) -> int:
        """How long that would be: a tool may have copied what was written once."""
        return len(text) + sum(len(self._kept[one]) for one in self._mark.findall(text))

    def lost(self, text: str) -> str | None:
        """Liquid that another tool left out, if it did."""
        there = {*self._mark.findall(text)}
        return next((one for mark, one in self._kept.items() if mark not in there), None)

    def origin(self, index: int) -> int:
        """Where in the source the character at `index` of the text is from."""
        at = bisect_right(self._places, (index, 1 << 62)) - 1
        start, source = self._places[max(at, 0)]
        return source + index - start


class _Reader:
    """What stands around a place in markup, told piece by piece."""

    def __init__(self) -> None:
        self.state = "content"
        self.name = ""
        self.closing = False

    @property
    def open(self) -> bool:
        """Whether a comment may stand here."""
        return self.state == "content"

    def read(self, piece: str) -> None:
        at = 0
        while at >= 0:
            at = self._step(piece, at)

    def _step(self, piece: str, at: int) -> int:
        if self.state == "content":
            return self._in_content(piece, at)
        if self.state == "tag":
            return self._in_tag(piece, at)
        if self.state == "verbatim":
            found = re.compile(rf"</{re.escape(self.name)}", re.IGNORECASE).search(piece, at)
            if found is None:
                return -1
            self.state, self.closing = "tag", True
            return found.end()
        ends = _ENDS[self.state]
        end = piece.find(ends, at)
        if end < 0:
            return -1
        self.state = "content" if self.state == "comment" else "tag"
        return end + len(ends)

    def _in_content(self, piece: str, at: int) -> int:
        found = _START.search(piece, at)
        if found is None:
            return -1
        if found["name"] is None:
            self.state = "comment"
        else:
            self.state, self.name = "tag", found["name"].lower()
            self.closing = bool(found["close"])
        return found.end()

    def _in_tag(self, piece: str, at: int) -> int:
        found = _INSIDE.search(piece, at)
        if found is None:
            return -1
        if found.group() != ">":
            self.state = found.group()
        elif self.name in _VERBATIM and not self.closing and piece[found.start() - 1] != "/":
            self.state = "verbatim"
        else:
            self.state = "content"
        return found.end()


def protect(source: str) -> Protected:
    """`source` with placeholders. Raises TemplateError where its Liquid is not closed."""
    word, reader = _word(source), _Reader()
    pieces: list[str] = []
    kept: dict[str, str] = {}
    places = [(0, 0)]
    length = at = 0
    for number, (start, end) in enumerate(markups(source)):
        piece, markup = source[at:start], source[start:end]
        reader.read(piece)
        mark = f"{word}{number}z"
        if reader.open and markup.startswith("{%"):
            mark = f"<!--{mark}-->"
        kept[mark] = markup
        pieces += (piece, mark)
        length += len(piece) + len(mark)
        places.append((length, end))
        at = end
    return Protected("".join((*pieces, source[at:])), word, kept, places)


def _word(source: str) -> str:
    return next(one for one in _words() if one not in source)


def _words() -> Iterator[str]:
    word = "liquid"
    while True:
        word += "q"
        yield word
