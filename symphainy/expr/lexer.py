"""Tokens of an expression."""

import re
from typing import NamedTuple

from symphainy.expr.errors import CompileError

KEYWORDS = frozenset(
    [
        *("as", "import", "include", "module", "def", "if", "then", "else", "elif", "and", "or"),
        *("end", "reduce", "foreach", "try", "catch", "label", "break", "__loc__"),
    ]
)
_TOKEN = re.compile(
    r"""
      (?P<space>[ \r\n\t]+ | \#(?:\\(?:\\|\r?\n)|[^\n])*)
    | (?P<field>\.[A-Za-z_][A-Za-z_0-9]*)
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<word>(?:[A-Za-z_][A-Za-z_0-9]*::)*[A-Za-z_][A-Za-z_0-9]*)
    | (?P<variable>\$(?:[A-Za-z_][A-Za-z_0-9]*::)*[A-Za-z_][A-Za-z_0-9]*)
    | (?P<format>@[A-Za-z0-9_]+)
    | (?P<quote>")
    | (?P<sign>\?//|//=|\|=|\+=|-=|\*=|/=|%=|==|!=|<=|>=|//|\.\.|[.?=;,:|+\-*/%$<>()\[\]{}])
    """,
    re.VERBOSE,
)
_CHUNK = re.compile(r'[^"\\]+')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip


class Token(NamedTuple):
    """`kind` is `word`, `field`, `variable`, `number`, `format`, `string`, `sign` or `end`.

    A string's value is the list of its parts: text, or the tokens of an interpolation.
    """

    kind: str
    value: "str | list[str | list[Token]]"
    position: int


def tokenize(source: str, max_nesting: int) -> list[Token]:
    """The tokens of the source, ending with one of kind `end`."""
    return _Lexer(source, max_nesting).tokens(0, None)[0]


class _Lexer:
    def __init__(self, source: str, max_nesting: int) -> None:
        self.source = source
        self.max_nesting = max_nesting
        self.strings = 0

    def tokens(self, at: int, close: str | None) -> tuple[list[Token], int]:
        """Tokens from `at` to the end, or to the parenthesis that closes an interpolation."""
        found: list[Token] = []
        open_parens = 0
        source, size = self.source, len(self.source)
        while at < size:
            match = _TOKEN.match(source, at)
            if match is None:
                raise CompileError("expression.syntax", f"unexpected {source[at]!r}", at)
            kind = str(match.lastgroup)
            start, at = at, match.end()
            if kind == "space":
                continue
            if kind == "quote":
                parts, at = self.string(start)
                found.append(Token("string", parts, start))
                continue
            text = match[0]
            if close is not None:
                open_parens += (text == "(") - (text == ")")
                if open_parens < 0:
                    found.append(Token("end", "", start))
                    return found, at
            found.append(_token(kind, text, start))
        if close is not None:
            raise CompileError("expression.syntax", "the string is not closed", at)
        found.append(Token("end", "", size))
        return found, at

    def string(self, opening: int) -> "tuple[list[str | list[Token]], int]":
        """The parts of the string that opens at `opening`, and the offset after it."""
        self.strings += 1
        if self.strings > self.max_nesting:
            raise CompileError(
                "expression.too-large", f"strings nest deeper than {self.max_nesting}", opening
            )
        source = self.source
        parts: list[str | list[Token]] = []
        text: list[str] = []
        at = opening + 1
        while True:
            char = source[at : at + 1]
            if char == '"':
                break
            if not char:
                raise CompileError("expression.syntax", "the string is not closed", opening)
            if char != "\\":
                match = _CHUNK.match(source, at)
                text.append(match[0] if match else char)
                at = match.end() if match else at + 1
            elif source[at + 1 : at + 2] == "(":
                parts.append("".join(text))
                text = []
                inner, at = self.tokens(at + 2, ")")
                parts.append(inner)
            else:
                piece, at = self.escape(at)
                text.append(piece)
        parts.append("".join(text))
        self.strings -= 1
        return parts, at + 1

    def escape(self, at: int) -> tuple[str, int]:
        """The character an escape at `at` stands for, surrogate pairs joined."""
        source = self.source
        mark = source[at + 1 : at + 2]
        if mark in _ESCAPES and mark:
            return _ESCAPES[mark], at + 2
        unit = self.unit(at)
        if unit is None:
            raise CompileError("expression.syntax", f"invalid escape \\{mark} in a string", at)
        at += 6
        if 0xD800 <= unit < 0xDC00:
            low = self.unit(at)
            if low is not None and 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), at + 6
        if 0xD800 <= unit < 0xE000:
            return "\ufffd", at
        return chr(unit), at

    def unit(self, at: int) -> int | None:
        if self.source[at : at + 2] != "\\u":
            return None
        match = _HEX.match(self.source, at + 2)
        return int(match[0], 16) if match else None


def _token(kind: str, text: str, at: int) -> Token:
    if kind == "field":
        return Token("field", text[1:], at)
    if kind == "variable":
        return Token("variable", text[1:].lstrip(), at)
    if kind == "format":
        return Token("format", text[1:], at)
    return Token(kind, text, at)
