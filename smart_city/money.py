"""Sums of money or of units, counted in whole millionths so that nothing is lost by adding."""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

__all__ = ["Sum", "micros", "parse", "spoken"]

MICRO = 1_000_000
MOST = 10**15 * MICRO // 1_000
"""So that many of them fit 64 bits."""
_WRITTEN = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(?: ([A-Z]{3}))?", re.ASCII)


class Sum(NamedTuple):
    """So much, of a currency or of units."""

    micros: int
    currency: str | None


def parse(value: object) -> Sum:
    """The sum in `500.00 EUR`, `"12"` or `12.5`; ValueError says how one is written."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = micros(value)
        if found is not None:
            return Sum(found, None)
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    found = micros(Decimal(match[1])) if match else None
    if match is None or found is None:
        raise ValueError('write a sum such as "500.00 EUR", or a number of units')
    return Sum(found, match[2])


def micros(number: int | float | Decimal) -> int | None:
    """The number in millionths; None if it is negative, too large or finer than that."""
    try:
        exact = Decimal(str(number)) * MICRO
        whole = int(exact)
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return whole if 0 <= whole <= MOST and whole == exact else None


def spoken(amount: int, currency: str | None) -> str:
    """So much as people write it: `12.50 EUR`."""
    plain = f"{Decimal(amount) / MICRO:f}"
    whole, _, part = plain.partition(".")
    part = part.rstrip("0")
    if currency is None:
        return f"{whole}.{part}" if part else whole
    return f"{whole}.{part:0<2} {currency}"
