"""Cedar text: how values are written, and what no text may contain before it is parsed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Rule", "literal", "names", "screen"]

MAX_BYTES = 16 * 1024
MAX_DEPTH = 32


def literal(text: str) -> str:
    """`text` as a Cedar string literal."""
    return '"' + "".join(_escaped(one) for one in text) + '"'


def _escaped(one: str) -> str:
    if one in '"\\':
        return "\\" + one
    return one if one.isprintable() else f"\\u{{{ord(one):x}}}"


def names(values: Iterable[str]) -> str:
    """`values` as a Cedar set literal: long chains of `||` exceed the evaluator's recursion."""
    return "[" + ", ".join(literal(one) for one in values) + "]"


@dataclass(frozen=True, slots=True)
class Rule:
    """One Cedar policy: its annotations, its head and its conditions."""

    annotations: Mapping[str, str]
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    effect: str = "forbid"
    note: str = ""

    def text(self) -> str:
        lines = [f"// {self.note}"] if self.note else []
        lines += [f"@{name}({literal(value)})" for name, value in self.annotations.items()]
        lines.append(f"{self.effect} (principal, action, resource)")
        lines += [f"when {{ {one} }}" for one in self.when]
        lines += [f"unless {{ {one} }}" for one in self.unless]
        return "\n".join(lines) + ";\n"


def screen(text: str) -> str | None:
    """Why `text` must not reach Cedar's parser, which deep nesting crashes; None if it may."""
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        return f"more than {MAX_BYTES // 1024} KiB of Cedar"
    depth = 0
    for one in _code(text):
        depth += (one in "([{") - (one in ")]}")
        if depth > MAX_DEPTH:
            return f"brackets nested deeper than {MAX_DEPTH}"
        if depth < 0:
            return "a closing bracket too many"
    return None


def _code(text: str) -> Iterable[str]:
    """The characters of `text` outside of strings and comments."""
    at, end = 0, len(text)
    while at < end:
        if text[at] == '"':
            at += 1
            while at < end and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        elif text.startswith("//", at):
            # Cedar ends a comment at a line feed or a carriage return, whichever is first.
            while at < end and text[at] not in "\r\n":
                at += 1
        else:
            yield text[at]
        at += 1
