"""Cedar text: how values are written, and what no text may contain before it is parsed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["MAX_BYTES", "MAX_DEPTH", "TOKEN", "Rule", "literal", "names", "screen"]

MAX_BYTES = 16 * 1024
MAX_DEPTH = 32
MAXTOKENS = 400

# Cedar ends a comment at a line feed or a carriage return, whichever is first.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|//[^\r\n]*|[A-Za-z0-9_]+|\S', re.DOTALL)


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
    body: str = ""
    """All from the effect on, where it was written as Cedar."""

    def text(self) -> str:
        lines = [f"// {self.note}"] if self.note else []
        lines += [f"@{name}({literal(value)})" for name, value in self.annotations.items()]
        if self.body:
            return "\n".join([*lines, self.body]) + "\n"
        lines.append(f"{self.effect} (principal, action, resource)")
        lines += [f"when {{ {one} }}" for one in self.when]
        lines += [f"unless {{ {one} }}" for one in self.unless]
        return "\n".join(lines) + ";\n"


def screen(text: str) -> str | None:
    """Why `text` must not reach Cedar's parser, which deep nesting crashes; None if it may.

    Chains nest without brackets (`else if`, `1+1+`, `has a.a.`), hence the bound on tokens.
    """
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        return f"more than {MAX_BYTES // 1024} KiB of Cedar"
    depth = tokens = 0
    for one in TOKEN.finditer(text):
        word = one[0]
        # Strings, comments and the commas between strings of a list do not nest.
        if word[0] in '",' or word.startswith("//"):
            continue
        tokens += 1
        depth += (word in "([{") - (word in ")]}")
        if depth < 0:
            return "a closing bracket too many"
        if depth > MAX_DEPTH:
            return f"brackets nested deeper than {MAX_DEPTH}"
    return f"more than {MAXTOKENS} tokens in one rule" if tokens > MAXTOKENS else None
