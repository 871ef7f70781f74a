"""Reads strict JSON (RFC 8259), noting where every value stands."""

import json
import re
from typing import Any

from symphainy.document.build import Builder
from symphainy.document.core_schema import NumberTooLarge, number

__all__ = ["read_json"]

# Possessive, so that a string that does not end is given up in one pass.
STRING = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
SPACE = r"[ \t\r\n]*+"
KEY = re.compile(rf"{SPACE}({STRING}){SPACE}:")
LEXEME = re.compile(
    rf"""[ \t\r\n]*+(?:
        (?P<mark>[\[\]{{}},])
      | (?P<string>{STRING})
      | (?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)(?![0-9.eE+-])
      | (?P<word>true|false|null)(?![A-Za-z0-9_])
    )""",
    re.VERBOSE,
)
MORE = ", or end"
WORDS = {"true": True, "false": False, "null": None}


def read_json(builder: Builder) -> None:
    """Fills `builder` with the one value of its text."""
    Reading(builder).run()


class Reading:
    """One pass over the lexemes; `expects` says which may come next."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.expects = "value"

    def run(self) -> None:
        at, text, builder = 0, self.builder.text, self.builder
        while True:
            if builder.expects_key and self.expects != MORE and (match := KEY.match(text, at)):
                builder.key(self._string(match[1], match.start(1)), match.start(1))
                self.expects = "value"
            elif match := LEXEME.match(text, at):
                kind = match.lastgroup or ""
                self._take(kind, match[kind], match.start(kind))
            else:
                break
            at = match.end()
        at = len(text) - len(text[at:].lstrip(" \t\r\n"))
        if at < len(text) or self.expects != "end":
            self._refuse(at, text[at : at + 20])

    def _take(self, kind: str, lexeme: str, start: int) -> None:
        if kind == "mark":
            self._mark(lexeme, start)
        elif self.expects in ("value", "value or ]"):
            self.builder.scalar(self._scalar(kind, lexeme, start), start)
            self.expects = MORE if self.builder.depth else "end"
        else:
            self._refuse(start, lexeme)

    def _mark(self, lexeme: str, start: int) -> None:
        builder, expects = self.builder, self.expects
        if lexeme == "," and expects == MORE:
            self.expects = "key" if builder.in_mapping else "value"
        elif lexeme in "{[" and expects in ("value", "value or ]"):
            builder.open(start, mapping=lexeme == "{")
            self.expects = "key or }" if lexeme == "{" else "value or ]"
        elif lexeme in "}]" and self._may_close(lexeme):
            builder.close()
            self.expects = MORE if builder.depth else "end"
        else:
            self._refuse(start, lexeme)

    def _may_close(self, lexeme: str) -> bool:
        if self.expects == MORE:
            return self.builder.in_mapping == (lexeme == "}")
        return self.expects in ("key or }", "value or ]") and self.expects.endswith(lexeme)

    def _scalar(self, kind: str, lexeme: str, start: int) -> Any:
        if kind == "string":
            return self._string(lexeme, start)
        if kind == "word":
            return WORDS[lexeme]
        try:
            return number(lexeme)
        except NumberTooLarge:
            message = f"The number `{lexeme[:40]}` is too large."
            self.builder.note("document.number", start, message)
            return 0

    def _string(self, lexeme: str, start: int) -> str:
        if "\\" not in lexeme:
            return lexeme[1:-1]
        text: str = json.loads(lexeme)
        if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
            message = "A NUL or half a character was escaped here."
            self.builder.note("document.character", start, message)
            return f"\ufffd{start}"  # as a key it is no other's
        return text

    def _refuse(self, start: int, lexeme: str) -> None:
        found = f"found `{lexeme[:20].splitlines()[0]}`" if lexeme else "the text ends"
        wanted = {
            "key": "a key in double quotes and a colon",
            "key or }": "a key in double quotes and a colon, or `}`",
            "value": "a value",
            "value or ]": "a value or `]`",
            MORE: "`,` or `}`" if self.builder.in_mapping else "`,` or `]`",
            "end": "nothing more",
        }[self.expects]
        message = f"Not JSON: expected {wanted}, {found}."
        self.builder.stop("document.syntax", start, message)
