"""Amounts in templates: the same text on every machine."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from liquid.exceptions import FilterArgumentError

__all__ = ["money"]

# ISO 4217: the currencies whose minor unit is not a hundredth.
_NO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_LARGEST = Decimal(10) ** 24


def money(value: object, currency: object = "") -> str:
    """`1234.5 | money: "EUR"` is `EUR 1,234.50`; without a currency, `1,234.50`.

    Halves round away from zero, as invoices do.
    """
    name = str(currency).upper()
    if name and not (len(name) == 3 and name.isascii() and name.isalpha()):
        raise FilterArgumentError(f"money: {name[:20]!r} is no ISO 4217 code", token=None)
    amount = _amount(value).quantize(Decimal(1).scaleb(-_decimals(name)), ROUND_HALF_UP)
    # A rounded-away "-0.00" is nothing anybody owes.
    text = f"{amount + 0 if amount else abs(amount):,f}"
    return f"{name} {text}" if name else text


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise FilterArgumentError(f"money: {str(value)[:40]!r} is no number", token=None)
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise FilterArgumentError(f"money: {str(value)[:40]!r} is no number", token=None) from error
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise FilterArgumentError(f"money: {str(value)[:40]!r} is no amount", token=None)
    return amount


def _decimals(currency: str) -> int:
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2
