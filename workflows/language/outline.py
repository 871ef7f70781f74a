"""A tree of a document that may be half written: what there is, and where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["MARK", "Entry", "Mapping", "Node", "Path", "Scalar", "Sequence", "outline"]

Path = tuple[str | int, ...]
MARK = "\ue000"
"""Stands where somebody is writing; nobody writes it."""
DEEPEST = 64
LONGEST_LINE = 4_000
"""Nobody writes in a longer one; reading it would take time that grows with its square."""
DOUBLE, SINGLE = r'"(?:[^"\\\n]|\\.)*"', r"'[^'\n]*'"
KEY = re.compile(
    rf"""({DOUBLE}|{SINGLE}|[^\s#{{}}\[\],&*!|>'"%@`:][^\n:#{{}}\[\],]*?)[ \t]*:(?=[ \t]|$)""",
    re.MULTILINE,
)
FLOW_KEY = re.compile(
    rf"""({DOUBLE}|{SINGLE}|[^\s{{}}\[\],:'"#][^{{}}\[\],:\n]*?)[ \t]*(:?)(?=[\s,{{}}\[\]"']|$)"""
)
QUOTED = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')""")
PLAIN = re.compile(r"(?:[^\n#]|(?<![ \t])#)*")
FLOW_PLAIN = re.compile(r"[^\s,\[\]{}][^,\[\]{}\n]*")
DASHES = re.compile(r"-(?=[ \t]|$)[ \t]*", re.MULTILINE)
LINE = re.compile(r"[^\n]*\n?")
GAP = re.compile(r"(?:[\s,]|(?<=\s)#[^\n]*)*")


@dataclass(slots=True)
class Node:
    """A value, from one offset to another."""

    start: int
    end: int


@dataclass(slots=True)
class Scalar(Node):
    """A text as it was meant, without its quotes."""

    text: str


@dataclass(slots=True)
class Entry:
    """A key with its value, if it has one yet."""

    key: str
    start: int
    end: int
    value: Node | None = None


@dataclass(slots=True)
class Mapping(Node):
    entries: list[Entry] = field(default_factory=list)

    def get(self, *path: str) -> Node | None:
        """The value there, if there is one."""
        found: Node | None = self
        for part in path:
            entries = found.entries if isinstance(found, Mapping) else []
            found = next((one.value for one in entries if one.key == part), None)
        return found

    def text(self, *path: str) -> str | None:
        """The text there, if it is one."""
        found = self.get(*path)
        return found.text if isinstance(found, Scalar) else None

    def keys(self) -> list[str]:
        return [one.key for one in self.entries]


@dataclass(slots=True)
class Sequence(Node):
    items: list[Node | None] = field(default_factory=list)


Holder = Mapping | Sequence


def outline(text: str) -> Mapping:
    """The mapping that the document is, or as much of one as there is."""
    return _Block(text).read()


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else text


def _quoted(text: str, at: int) -> Scalar:
    """The text in quotes; to the end of the line if nobody has closed them yet."""
    line = text.find("\n", at)
    line = len(text) if line < 0 else line
    closed = QUOTED.match(text, at)
    if closed is None or (closed.end() > line and MARK in text[at:line]):
        return Scalar(at, line, text[at + 1 : line])
    return Scalar(at, closed.end(), _unquoted(closed[1]))


class _Block:
    """Reads lines by their indentation; the innermost container is on top of the stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = Mapping(0, len(text))
        self.stack: list[tuple[int, Holder]] = [(0, self.root)]
        self.skip = 0
        """What ends before here has been read with what came before it."""

    def read(self) -> Mapping:
        for match in LINE.finditer(self.text):
            if match.start() >= self.skip and match[0].strip() and len(match[0]) < LONGEST_LINE:
                self._line(match.start(), match[0].rstrip("\n"))
        return self.root

    def _line(self, offset: int, line: str) -> None:
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if body.startswith(("#", "---", "...", "%")):
            return
        if body[0] in "}]":
            return
        if body[0] == "{" and len(self.stack) == 1 and not self.root.entries:
            found, self.skip = _Flow(self.text).value(offset + indent, -1)
            if isinstance(found, Mapping):
                self.root.entries = found.entries
            return
        while (dash := DASHES.match(line, indent)) is not None:
            if not self._sequence(indent, offset):
                return
            indent = dash.end()
        if line[indent:].strip():
            self._content(offset, line, indent)

    def _content(self, offset: int, line: str, indent: int) -> None:
        key = KEY.match(line, indent)
        if key is not None:
            holder = self._mapping(indent, offset + indent)
            entry = Entry(_unquoted(key[1]), offset + key.start(1), offset + key.end(1))
            holder.entries.append(entry)
            entry.value = self._value(offset + key.end(), offset + len(line), indent)
            return
        top = self.stack[-1][1]
        start = offset + indent
        if isinstance(top, Sequence) and self.stack[-1][0] < indent and top.items[-1:] == [None]:
            top.items[-1] = self._value(start, offset + len(line), indent)
            return
        word = line[indent:].split(" #")[0].rstrip()
        beside = any(at == indent and isinstance(one, Mapping) for at, one in self.stack)
        if isinstance(top, Sequence) and self.stack[-1][0] == indent and not beside:
            top.items.append(Scalar(start, start + len(word), word))
            return
        holder = self._mapping(indent, start)
        holder.entries.append(Entry(_unquoted(word), start, start + len(word)))

    def _value(self, start: int, end: int, indent: int) -> Node | None:
        """The value that begins on this line after `start`, which may go on below it."""
        rest = self.text[start:end]
        begins = start + len(rest) - len(rest.lstrip())
        first = self.text[begins : begins + 1] if begins < end else ""
        if first in ("", "#"):
            return None
        if first in "{[":
            found, self.skip = _Flow(self.text).value(begins, indent)
            return found
        if first in "|>":
            return self._folded(begins, end, indent)
        if first in "\"'":
            found = _quoted(self.text, begins)
            self.skip = found.end
            return found
        plain = PLAIN.match(self.text, begins, end)
        text = plain[0].rstrip() if plain else ""
        return Scalar(begins, begins + len(text), _unquoted(text))

    def _folded(self, begins: int, end: int, indent: int) -> Node:
        """A text of several lines: all that are indented further."""
        at = end + 1
        while at < len(self.text):
            line = LINE.match(self.text, at)
            assert line is not None  # noqa: S101 - it matches the empty text too
            body = line[0].lstrip(" ")
            if body.strip() and len(line[0]) - len(body) <= indent:
                break
            at = line.end()
        self.skip = at
        return Scalar(begins, at, self.text[end + 1 : at])

    def _sequence(self, indent: int, offset: int) -> bool:
        """Begin an item in the list at this indentation; whether there can be one."""
        while self.stack[-1][0] > indent and len(self.stack) > 1:
            self.stack.pop()
        at, top = self.stack[-1]
        if isinstance(top, Sequence) and at == indent:
            top.items.append(None)
            return True
        found = Sequence(offset + indent, offset + indent, [None])
        return self._attach(found, indent)

    def _mapping(self, indent: int, start: int) -> Mapping:
        while len(self.stack) > 1 and (
            self.stack[-1][0] > indent
            or (self.stack[-1][0] == indent and isinstance(self.stack[-1][1], Sequence))
        ):
            self.stack.pop()
        at, top = self.stack[-1]
        if isinstance(top, Mapping) and (at == indent or len(self.stack) == 1 > len(top.entries)):
            return top
        found = Mapping(start, start)
        return found if self._attach(found, indent) else self.root

    def _attach(self, found: Holder, indent: int) -> bool:
        """Make it the value of what came last."""
        if len(self.stack) > DEEPEST:
            return False
        top = self.stack[-1][1]
        if isinstance(top, Sequence):
            if not top.items or top.items[-1] is not None:
                top.items.append(None)
            top.items[-1] = found
        elif top.entries:
            top.entries[-1].value = found
        else:
            return False
        self.stack.append((indent, found))
        return True


class _Flow:
    """Reads what is in brackets, as far as it goes before the block around it goes on."""

    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, at: int, indent: int, depth: int = 0) -> tuple[Node | None, int]:
        """The value at this offset, and where it ends."""
        at = self._gap(at, indent)
        first = self.text[at : at + 1]
        if first == "{" and depth < DEEPEST:
            return self._mapping(at, indent, depth)
        if first == "[" and depth < DEEPEST:
            return self._sequence(at, indent, depth)
        if first and first in "\"'":
            found = _quoted(self.text, at)
            return found, found.end
        plain = FLOW_PLAIN.match(self.text, at)
        if plain is None:
            return None, at
        text = plain[0].rstrip()
        return Scalar(at, at + len(text), text), plain.end()

    def _mapping(self, at: int, indent: int, depth: int) -> tuple[Node, int]:
        found = Mapping(at, at)
        at += 1
        while True:
            at = self._gap(at, indent)
            key = FLOW_KEY.match(self.text, at)
            if key is None:
                found.end = at + (self.text[at : at + 1] == "}")
                return found, found.end
            entry = Entry(_unquoted(key[1]), key.start(1), key.end(1))
            found.entries.append(entry)
            at = key.end()
            if key[2] and self._inline(at) not in ",}":
                entry.value, at = self.value(at, indent, depth + 1)

    def _sequence(self, at: int, indent: int, depth: int) -> tuple[Node, int]:
        found = Sequence(at, at)
        at += 1
        while True:
            at = self._gap(at, indent)
            item, after = self.value(at, indent, depth + 1)
            if after == at:
                found.end = at + (self.text[at : at + 1] == "]")
                return found, found.end
            found.items.append(item)
            at = after

    def _inline(self, at: int) -> str:
        """The next character that is no blank; a brace if there is none."""
        while self.text[at : at + 1] in (" ", "\t"):
            at += 1
        return self.text[at : at + 1] or "}"

    def _gap(self, at: int, indent: int) -> int:
        """Past blanks and commas, but not into lines that belong to the block around."""
        match = GAP.match(self.text, at)
        end = match.end() if match is not None else at
        line = self.text.rfind("\n", at, end)
        if line < 0:
            return end
        first = self.text[end : end + 1]
        return end if end - line - 1 > indent or first in "}]" else at


def walk(node: Node | None, path: Path = ()) -> Iterator[tuple[Path, Entry | Node]]:
    """Every key and every text with its path, in the order of the document."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield (*path, entry.key), entry
            yield from walk(entry.value, (*path, entry.key))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from walk(item, (*path, index))
    elif node is not None:
        yield path, node
