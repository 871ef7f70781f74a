"""How mobile networks cut a text: 140 octets a part, in one of two alphabets (3GPP TS 23.038)."""

from typing import Literal

__all__ = ["encoding", "outside", "segments", "spaced"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_SPACES = {0x00A0: " ", 0x2007: " ", 0x2009: " ", 0x202F: " "}
_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each takes two places."""


def segments(text: str) -> int:
    """In how many parts `text` travels; each is paid for."""
    if encoding(text) == "GSM-7":
        places = len(text) + sum(one in _EXTENSION for one in text)
        return _parts(places, alone=160, joined=153)
    return _parts(len(text.encode("utf-16-be", "surrogatepass")) // 2, alone=70, joined=67)


def encoding(text: str) -> Literal["GSM-7", "UCS-2"]:
    """The alphabet that `text` travels in: one character outside the first makes it the second,
    which has room for less than half."""
    return "GSM-7" if set(text) <= _BASIC | _EXTENSION else "UCS-2"


def outside(text: str) -> list[str]:
    """The characters of `text` that the first alphabet does not have, in their order."""
    return [*dict.fromkeys(one for one in text if one not in _BASIC | _EXTENSION)]


def spaced(text: str) -> str:
    """`text` with every space the one that both alphabets have: formats of many languages have
    others between digits, or before a currency."""
    return text.translate(_SPACES)


def _parts(places: int, *, alone: int, joined: int) -> int:
    return 1 if places <= alone else -(-places // joined)
