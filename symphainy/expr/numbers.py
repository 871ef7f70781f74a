"""Numbers as jq knows them: IEEE doubles in arithmetic, exact where nothing was computed."""

import math

from symphainy.expr.errors import exhausted

EXACT = 2**53
# what no limit may exceed: Python itself refuses to write much longer ones
LONGEST = 8192


def settle(x: float) -> int | float:
    """The double as an int when it is a whole number an int and a double both hold exactly."""
    if x.is_integer() and -EXACT <= x <= EXACT:
        return int(x)
    return x


def double(n: int | float) -> float:
    """The nearest double; integers beyond its range become infinite."""
    try:
        return float(n)
    except OverflowError:
        return math.inf if n > 0 else -math.inf


def add(a: int | float, b: int | float) -> int | float:
    if type(a) is int and type(b) is int:
        total = a + b
        if -EXACT <= a <= EXACT and -EXACT <= b <= EXACT:
            return total if -EXACT <= total <= EXACT else float(total)
    return settle(double(a) + double(b))


def subtract(a: int | float, b: int | float) -> int | float:
    return add(a, -b)


def multiply(a: int | float, b: int | float) -> int | float:
    if type(a) is int and type(b) is int and -EXACT <= a <= EXACT and -EXACT <= b <= EXACT:
        product = a * b
        return product if -EXACT <= product <= EXACT else float(product)
    return settle(double(a) * double(b))


def divide(a: int | float, b: int | float) -> int | float:
    """The quotient; the caller has refused a zero divisor."""
    return settle(double(a) / double(b))


def _whole(x: int | float) -> int:
    """The number cut to a 64-bit integer, as jq does before `%`."""
    if isinstance(x, float):
        if math.isinf(x):
            return 2**63 - 1 if x > 0 else -(2**63)
        x = int(x)
    return max(-(2**63), min(2**63 - 1, x))


def divisor_is_zero(b: int | float) -> bool:
    return b == b and _whole(b) == 0


def modulo(a: int | float, b: int | float) -> int | float:
    """The remainder with the sign of the dividend; the caller has refused a zero divisor."""
    if a != a or b != b:
        return math.nan
    x, y = _whole(a), abs(_whole(b))
    return x % y if x >= 0 else -(-x % y)


def text(n: int | float) -> str:
    """The number as JSON text, with jq's choice between plain and exponent notation."""
    if isinstance(n, int):
        if n.bit_length() > LONGEST:
            raise exhausted(f"an integer is longer than {LONGEST} bits")
        return int.__repr__(n)
    if n != n:
        return "null"
    if math.isinf(n):
        return "1.7976931348623157e+308" if n > 0 else "-1.7976931348623157e+308"
    shown = repr(n)
    mantissa, mark, exponent = shown.partition("e+")
    if not mark:
        return shown
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.lstrip("-").replace(".", "")
    point = int(exponent) + 1
    if point > len(digits) + 15:
        return shown
    return sign + digits.ljust(point, "0")


def parse(shown: str, int_bits: int) -> int | float | None:
    """The number a JSON text writes, None when an integer is longer than `int_bits`."""
    if not shown.lstrip("+-").isdigit():
        return float(shown)
    digits = shown.lstrip("+-").lstrip("0")
    if len(digits) * 3 > int_bits and (
        len(digits) > int_bits // 3 + 2 or int(digits).bit_length() > int_bits
    ):
        return None
    return int(shown)
