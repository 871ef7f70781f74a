"""Values of JSON text: a parser of our own, so that every Python reads and complains alike."""

import math
import re
from typing import NoReturn

from symphainy.expr import numbers
from symphainy.expr.errors import exhausted, failure
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value

_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r'[^"\\]*')
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[^\s\[\]{},:\"]+")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_WORDS = {"true": True, "false": False, "null": None}
_NAN = ("nan", "-nan", "NaN", "-NaN")
_INFINITE = re.compile(r"([+-]?)(?:inf|infinity)", re.IGNORECASE)
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_SHOWN = 200


def loads(meter: Meter, text: str) -> Value:
    """The one value the text writes; what jq takes beside JSON (`nan`, `01`, `.5`) is taken."""
    meter.text(len(text))
    meter.charge(1 + (len(text) >> 6))
    return _Reader(meter, text).document()


class _Reader:
    """Reads with an explicit stack, so deep text needs no deep Python."""

    def __init__(self, meter: Meter, text: str) -> None:
        self.meter = meter
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0

    def document(self) -> Value:
        self.space()
        if self.at == len(self.text):
            raise failure(f"Expected JSON value (while parsing '{self.shown()}')")
        value = self.value()
        self.space()
        if self.at < len(self.text):
            raise failure(f"Unexpected extra JSON values (while parsing '{self.shown()}')")
        return value

    def value(self) -> Value:
        """The value at the position: containers are opened and closed on the stack."""
        stack: list[tuple[Value, str]] = []
        while True:
            self.meter.charge(2)
            value, opened = self.begin()
            if opened:
                self.meter.nested(len(stack) + 1)
                key = self.key() if type(value) is dict else ""
                stack.append((value, key))
                continue
            while stack:
                holder, key = stack.pop()
                if type(holder) is dict:
                    holder[key] = value
                else:
                    holder.append(value)
                if self.goes_on("}" if type(holder) is dict else "]"):
                    stack.append((holder, self.key() if type(holder) is dict else ""))
                    break
                value = holder
            else:
                return value

    def begin(self) -> tuple[Value, bool]:
        """A whole scalar or empty container, or a container whose first member follows."""
        self.space()
        mark = self.text[self.at : self.at + 1]
        if mark in ("[", "{"):
            self.at += 1
            self.space()
            holder: Value = [] if mark == "[" else {}
            if self.text[self.at : self.at + 1] == ("]" if mark == "[" else "}"):
                self.at += 1
                return holder, False
            return holder, True
        return (self.string() if mark == '"' else self.scalar()), False

    def goes_on(self, close: str) -> bool:
        """Whether another member follows; takes the comma or the bracket."""
        self.space()
        mark = self.text[self.at : self.at + 1]
        if mark not in (",", close) or not mark:
            self.wrong("Unfinished JSON term" if not mark else "Expected separator between values")
        self.at += 1
        return mark == ","

    def key(self) -> str:
        self.meter.charge(1)
        self.space()
        if self.text[self.at : self.at + 1] != '"':
            self.scalar()
            self.wrong("Object keys must be strings")
        key = self.string()
        self.space()
        if self.text[self.at : self.at + 1] != ":":
            self.wrong("Objects must consist of key:value pairs")
        self.at += 1
        return key

    def string(self) -> str:
        pieces: list[str] = []
        self.at += 1
        while True:
            match = _PLAIN.match(self.text, self.at)
            if match is not None and match[0]:
                pieces.append(match[0])
                self.at = match.end()
            mark = self.text[self.at : self.at + 1]
            if mark == '"':
                self.at += 1
                return "".join(pieces)
            if not mark:
                self.wrong("Unfinished string")
            self.meter.charge(1)
            pieces.append(self.escape())

    def escape(self) -> str:
        mark = self.text[self.at + 1 : self.at + 2]
        if mark != "u":
            if mark not in _ESCAPES or not mark:
                self.wrong("Invalid escape")
            self.at += 2
            return _ESCAPES[mark]
        unit = self.unit()
        if 0xD800 <= unit < 0xDC00 and self.text[self.at : self.at + 2] == "\\u":
            low = self.unit()
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
            return "\ufffd" + ("\ufffd" if 0xD800 <= low < 0xE000 else chr(low))
        return "\ufffd" if 0xD800 <= unit < 0xE000 else chr(unit)

    def unit(self) -> int:
        match = _HEX.match(self.text, self.at + 2)
        if match is None:
            self.wrong("Invalid escape")
        self.at = match.end()
        return int(match[0], 16)

    def scalar(self) -> Value:
        match = _WORD.match(self.text, self.at)
        if match is None:
            self.wrong("Unfinished JSON term" if self.at == len(self.text) else "Expected value")
        word = match[0]
        if word in _WORDS:
            self.at = match.end()
            return _WORDS[word]
        if word in _NAN:
            self.at = match.end()
            return math.nan
        self.at = match.end()
        infinite = _INFINITE.fullmatch(word)
        if infinite is not None:
            return -math.inf if infinite[1] == "-" else math.inf
        if word.startswith("'"):
            self.wrong("Invalid string literal; expected \", but got '")
        if _NUMBER.fullmatch(word) is None:
            self.wrong("Invalid literal" if word[0] in "tfn" else "Invalid numeric literal")
        number = numbers.parse(word, self.meter.limits.int_bits)
        if number is None:
            raise exhausted(f"an integer is longer than {self.meter.limits.int_bits} bits")
        return number

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def shown(self) -> str:
        return self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "..."

    def wrong(self, problem: str) -> NoReturn:
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - self.text.rfind("\n", 0, self.at)
        at_end = self.at >= len(self.text)
        where = "EOF at " if at_end else ""
        column -= at_end
        raise failure(
            f"{problem} at {where}line {line}, column {column} (while parsing '{self.shown()}')"
        )
