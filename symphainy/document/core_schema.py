"""What a plain YAML scalar is under the core schema of YAML 1.2.

Source: YAML 1.2.2, section 10.3.2. So `no`, `0o17` and `12:30:45` are not what YAML 1.1 made
of them: a string, fifteen, and a string.
"""

import math
import re

__all__ = ["MAYBE_SPECIAL", "NumberTooLarge", "number", "resolve"]

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
OTHER_BASES = {"0o": 8, "0x": 16}
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
MAYBE_SPECIAL = frozenset(["", *"-+.0123456789tTfFnN~"])
"""How scalars begin that may be anything but strings; the empty one is null."""
MAX_BITS = 1024
MAX_DIGITS = 400
"""Beyond any number of 1,024 bits; checked first because reading digits costs their square."""


class NumberTooLarge(ValueError):
    """A number of more than 1,024 bits or beyond 1e308, or one that is not finite."""


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar; `NumberTooLarge` for numbers no JSON reader agrees on."""
    if text[:1] not in MAYBE_SPECIAL:
        return text
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if NOT_FINITE.fullmatch(text):
        raise NumberTooLarge(text)
    if INTEGER.fullmatch(text) or FLOAT.fullmatch(text):
        return number(text)
    return text


def number(text: str) -> int | float:
    """The number a text of the right form stands for."""
    if INTEGER.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise NumberTooLarge(text)
        base = OTHER_BASES.get(text[:2], 10)
        whole = int(text if base == 10 else text[2:], base)
        if whole.bit_length() > MAX_BITS:
            raise NumberTooLarge(text)
        return whole
    value = float(text)
    if not math.isfinite(value):
        raise NumberTooLarge(text)
    return value
