"""How mobile networks cut a text: 140 octets a part, in one of two alphabets (3GPP TS 23.038)."""

__all__ = ["segments"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each takes two places."""


def segments(text: str) -> int:
    """In how many parts `text` travels; each is paid for."""
    if set(text) <= _BASIC | _EXTENSION:
        places = len(text) + sum(one in _EXTENSION for one in text)
        return _parts(places, alone=160, joined=153)
    return _parts(len(text.encode("utf-16-be", "surrogatepass")) // 2, alone=70, joined=67)


def _parts(places: int, *, alone: int, joined: int) -> int:
    return 1 if places <= alone else -(-places // joined)
