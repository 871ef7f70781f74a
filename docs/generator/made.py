"""Examples that are too large, or too strange, to be kept as files."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

__all__ = ["MADE", "Made"]

HEAD = "document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}\n"


class Made(NamedTuple):
    """A document of which a page shows only how it is made."""

    told: str
    make: Callable[[int], bytes]
    wrong: int
    right: int
    """How much of it is too much, and how much is not."""

    def document(self, *, wrong: bool) -> bytes:
        """The document that earns the code, or the one that does not."""
        return self.make(self.wrong if wrong else self.right)


def _set(text: str) -> bytes:
    return f'{HEAD}do:\n  - greet: {{set: {{text: "{text}"}}}}\n'.encode()


def _tasks(count: int) -> bytes:
    return (HEAD + "do:\n" + "".join(f"  - t{i}: {{wait: PT1S}}\n" for i in range(count))).encode()


def _branches(count: int) -> bytes:
    branches = "".join(f"          - b{i}: {{wait: PT1S}}\n" for i in range(count))
    return f"{HEAD}do:\n  - all:\n      fork:\n        branches:\n{branches}".encode()


def _items(count: int) -> bytes:
    items = ", ".join(["{}"] * count)
    each = "[{once: {wait: PT1S}}]"
    return f"{HEAD}do:\n  - all: {{for: {{in: [{items}]}}, do: {each}}}\n".encode()


def _values(count: int) -> bytes:
    values = ",".join(["0"] * count)
    return f"{HEAD}do:\n  - greet: {{set: {{list: [{values}]}}}}\n".encode()


def _mistakes(count: int) -> bytes:
    keys = ", ".join(f"key{i}: 1" for i in range(count))
    also = f", {keys}" if keys else ""
    return f"{HEAD}do:\n  - greet: {{set: {{text: Hello}}{also}}}\n".encode()


def _key(length: int) -> bytes:
    return f'{HEAD}do:\n  - greet: {{set: {{"{"k" * length}": Hello}}}}\n'.encode()


def _sum(terms: int) -> bytes:
    return _set(f"${{ {'+'.join(['.n'] * terms)} }}")


MADE: Mapping[str, Made] = {
    "document.too-large": Made(
        "A `set` whose text has a million and a half characters; ten are fine.",
        lambda size: _set("a" * size),
        1_500_000,
        10,
    ),
    "document.encoding": Made(
        "The text `Grüße` saved as Latin-1, where `ü` is one byte; saved as UTF-8 it is two.",
        lambda wrong: _set("Grüße").decode().encode("latin-1" if wrong else "utf-8"),
        1,
        0,
    ),
    "document.character": Made(
        "A text with the control character U+0007 in it; written as the escape `\\a` it is fine.",
        lambda wrong: _set("\x07" if wrong else "\\a"),
        1,
        0,
    ),
    "document.key-too-long": Made(
        "A `set` with a key of 1,025 characters; one of ten is fine.", _key, 1_025, 10
    ),
    "document.too-many-nodes": Made(
        "A `set` with a list of 60,000 numbers; one of 600 is fine.", _values, 60_000, 600
    ),
    "schema.too-many": Made("A task with 300 keys that nothing knows.", _mistakes, 300, 0),
    "compile.too-many-branches": Made("A `fork` of 501 branches; 500 go.", _branches, 501, 500),
    "compile.too-many-items": Made(
        "A `for` with a list of 10,001 items in the document itself; 10,000 go.",
        _items,
        10_001,
        10_000,
    ),
    "compile.too-many-tasks": Made("A document of 5,001 tasks; 5,000 go.", _tasks, 5_001, 5_000),
    "expression.too-large": Made(
        "An expression that adds up 1,500 terms; one of 15 is fine.", _sum, 1_500, 15
    ),
}
