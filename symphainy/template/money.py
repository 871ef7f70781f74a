"""Amounts in templates: the same text on every machine."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel.numbers import is_currency
from liquid.exceptions import FilterArgumentError

from symphainy.template.errors import CurrencyError

__all__ = ["amount_of", "currency_of", "money"]

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
_PLACES = 400


def money(value: object, currency: object = "") -> str:
    """`1234.5 | money: "EUR"` is `EUR 1,234.50`; without a currency, `1,234.50`.

    Halves round away from zero, as invoices do.
    """
    name = currency_of(currency) if currency else ""
    amount = amount_of(value, "money").quantize(Decimal(1).scaleb(-_decimals(name)), ROUND_HALF_UP)
    # A rounded-away "-0.00" is nothing anybody owes.
    text = f"{amount + 0 if amount else abs(amount):,f}"
    return f"{name} {text}" if name else text


def currency_of(code: object) -> str:
    """The ISO 4217 code in capitals. Raises CurrencyError if there is no such currency."""
    name = str(code).upper()
    if not (len(name) == 3 and name.isascii() and is_currency(name)):
        raise CurrencyError(f"money: {name[:20]!r} is no ISO 4217 code of a currency", token=None)
    return name


def amount_of(value: object, name: str) -> Decimal:
    """The number that `value` is or says, for the filter `name`. Raises FilterArgumentError."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise FilterArgumentError(f"{name}: {str(value)[:40]!r} is no number", token=None)
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        told = f"{name}: {str(value)[:40]!r} is no number"
        raise FilterArgumentError(told, token=None) from error
    if not amount.is_finite() or abs(amount) >= _LARGEST or _fine(amount):
        raise FilterArgumentError(f"{name}: {str(value)[:40]!r} is no amount", token=None)
    return amount


def _fine(amount: Decimal) -> bool:
    # Written out, 1e-999999 would be a million zeros.
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -_PLACES


def _decimals(currency: str) -> int:
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2
