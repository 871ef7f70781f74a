"""Where in a document somebody is writing."""

import re
from dataclasses import dataclass

from workflows.language import outline
from workflows.language.outline import MARK, Path, walk

__all__ = ["Cursor", "Word", "cursor", "in_expression", "offset_of", "word_at"]

LONGEST_WORD = 128
BEFORE = re.compile(r"[A-Za-z_$@.][\w.@$:-]*$|\.$")
AFTER = re.compile(r"[\w.@$-]*")
NAME_BEFORE = re.compile(r"[$@]?\w*$")
NAME_AFTER = re.compile(r"\w*")


@dataclass(frozen=True, slots=True)
class Word:
    """What is being written, on one line from one column to another."""

    text: str
    line: int
    start: int
    end: int
    """1-based; the end is one past the last character."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the tree, and the word that is being written there."""

    tree: outline.Mapping
    path: Path
    """Of what holds the key that is written, or of the value."""
    is_key: bool
    in_expression: bool
    word: Word


def cursor(text: str, line: int, column: int) -> Cursor | None:
    """Where that is; None outside of everything that has a meaning."""
    offset = offset_of(text, line, column)
    begins = text.rfind("\n", 0, offset) + 1
    before = text[begins:offset]
    inside = in_expression(before)
    start = (NAME_BEFORE if inside else BEFORE).search(before[-LONGEST_WORD:])
    # Of `"text` or `.[0].name` only what a key, name or variable can be is replaced.
    size = len(start[0]) if start is not None else 0
    rest = (NAME_AFTER if inside else AFTER).match(text, offset)
    end = rest.end() if rest is not None else offset
    marked = f"{text[: offset - size]}{MARK}{text[end:]}"
    tree = outline.outline(marked)
    word = Word(text[offset - size : offset], line, column - size, column + end - offset)
    for path, node in walk(tree):
        if isinstance(node, outline.Entry) and MARK in node.key:
            return Cursor(tree, path[:-1], True, inside, word)
        if isinstance(node, outline.Scalar) and MARK in node.text:
            return Cursor(tree, path, False, inside, word)
    return None


def in_expression(before: str) -> bool:
    """Whether a line that goes on after `before` goes on inside `${ … }`."""
    start = before.rfind("${")
    if start < 0:
        return False
    inside = before[start:]
    return inside.count("{") > inside.count("}")


def offset_of(text: str, line: int, column: int) -> int:
    """The offset of a place; the nearest one if there is no such place."""
    offset = 0
    for _ in range(line - 1):
        found = text.find("\n", offset)
        if found < 0:
            return len(text)
        offset = found + 1
    end = text.find("\n", offset)
    return min(offset + column - 1, len(text) if end < 0 else end)


def word_at(text: str, offset: int, pattern: re.Pattern[str]) -> tuple[int, int] | None:
    """From where to where the match of `pattern` goes that covers the offset."""
    begins = text.rfind("\n", 0, offset) + 1
    ends = text.find("\n", offset)
    for match in pattern.finditer(text, begins, len(text) if ends < 0 else ends):
        if match.start() <= offset <= match.end():
            return match.span()
    return None
