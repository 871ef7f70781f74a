"""Filters that write as people in some place do: dates, amounts, numbers."""

from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from liquid.exceptions import FilterArgumentError

from symphainy.template.dates import formatted, moment
from symphainy.template.errors import LocaleError, ZoneError
from symphainy.template.locales import Setting, known, zone_of
from symphainy.template.money import amount_of, currency_of, money

if TYPE_CHECKING:
    from symphainy.template.engine import Context

__all__ = ["FORMATS", "checked_currency", "checked_locale", "checked_zone"]

STYLES = frozenset({"short", "medium", "long", "full"})
PATTERN = 60
"""Characters of a pattern."""
MOST_DIGITS = 10
# The English that dates are written in for whoever nothing is known of.
_NEUTRAL = Locale("en", "001")


def checked_locale(tag: object) -> Locale:
    """The locale of a tag that a template names. Raises LocaleError."""
    found = known(str(tag))
    if found is None:
        raise LocaleError(f"there is no locale {str(tag)[:40]!r}", token=None)
    return found


def checked_zone(name: object) -> ZoneInfo:
    """The time zone that a template names. Raises ZoneError."""
    found = zone_of(str(name))
    if found is None:
        raise ZoneError(f"there is no time zone {str(name)[:40]!r}", token=None)
    return found


def checked_currency(code: object) -> str:
    """The code of a currency that a template names. Raises CurrencyError."""
    return currency_of(code)


def _set(context: "Context", locale: object, zone: object = None) -> Setting:
    """The reader's setting, and what the template says over it."""
    reader = context.setting
    return Setting(
        checked_locale(locale) if locale is not None else reader.locale,
        checked_zone(zone) if zone is not None else reader.zone,
    )


def _day(
    value: object,
    form: object = "%Y-%m-%d",
    *,
    context: "Context",
    locale: object = None,
    zone: object = None,
) -> str:
    """A date: by the directives of strftime, or as the reader's language writes it."""
    if "%" in str(form):
        return formatted(value, form)
    return _written(dates.format_date, "date", value, form, _set(context, locale, zone))


def _clock(
    value: object,
    form: object = "short",
    *,
    context: "Context",
    locale: object = None,
    zone: object = None,
) -> str:
    """The time of a moment, on the reader's clock."""
    return _written(dates.format_time, "time", value, form, _set(context, locale, zone))


def _moment(
    value: object,
    form: object = "medium",
    *,
    context: "Context",
    locale: object = None,
    zone: object = None,
) -> str:
    """Date and time of a moment, on the reader's clock."""
    return _written(dates.format_datetime, "datetime", value, form, _set(context, locale, zone))


def _written(
    write: Callable[..., str], name: str, value: object, form: object, setting: Setting
) -> str:
    at, style = _placed(moment(value, name), value, setting), str(form)
    if len(style) > PATTERN:
        raise FilterArgumentError(f"{name}: the pattern is too long", token=None)
    try:
        return write(at, style, locale=setting.locale or _NEUTRAL)
    except (AttributeError, KeyError, OverflowError, ValueError) as error:
        styles = ", ".join(sorted(STYLES))
        message = f"{name}: {style!r} is neither {styles} nor a pattern such as 'd MMMM y'"
        raise FilterArgumentError(message, token=None) from error


def _placed(at: datetime, value: object, setting: Setting) -> datetime | date:
    """The moment on the reader's clock. A day is the same everywhere; so is a time that says no
    offset."""
    if isinstance(value, str) and len(value) <= len("2026-03-01"):
        return at.replace(tzinfo=None)
    if at.tzinfo is None:
        return at.replace(tzinfo=setting.zone or UTC)
    return at.astimezone(setting.zone) if setting.zone else at


def _amount(
    value: object, currency: object = "", *, context: "Context", locale: object = None
) -> str:
    """An amount: `1.234,50 €` for a German reader, `EUR 1,234.50` where nobody knows the reader."""
    reader = _set(context, locale)
    if reader.locale is None or not currency:
        return (
            money(value, currency)
            if reader.locale is None
            else _number(value, 2, context=context, locale=locale)
        )
    code = currency_of(currency)
    digits = numbers.get_currency_precision(code)
    return numbers.format_currency(
        _rounded(amount_of(value, "money"), digits), code, locale=reader.locale
    )


def _number(
    value: object, digits: object = None, *, context: "Context", locale: object = None
) -> str:
    """A number with the separators of the reader's language; `digits` after the point."""
    at, amount = _set(context, locale).locale or _NEUTRAL, amount_of(value, "number")
    if digits is None:
        return numbers.format_decimal(amount, locale=at, decimal_quantization=False)
    places = _digits("number", digits)
    pattern = at.decimal_formats[None]
    return _exactly(pattern, _rounded(amount, places), places, at)


def _percent(
    value: object, digits: object = 0, *, context: "Context", locale: object = None
) -> str:
    """A share as percentage: `0.19` is `19 %`."""
    at, places = _set(context, locale).locale or _NEUTRAL, _digits("percent", digits)
    amount = _rounded(amount_of(value, "percent"), places + 2)
    return _exactly(at.percent_formats[None], amount, places, at)


def _plural(value: object, *, context: "Context", locale: object = None, **forms: object) -> str:
    """The form for a number in the reader's language: zero, one, two, few, many, other; `#` in
    it becomes the number."""
    at, amount = _set(context, locale).locale or _NEUTRAL, amount_of(value, "plural")
    form = forms.get(at.plural_form(amount), forms.get("other"))
    if form is None:
        message = "plural: give at least `other`: {{ n | plural: one: '# day', other: '# days' }}"
        raise FilterArgumentError(message, token=None)
    return str(form).replace("#", numbers.format_decimal(amount, locale=at))


def _exactly(pattern: numbers.NumberPattern, amount: Decimal, digits: int, at: Locale) -> str:
    exact = copy(pattern)
    exact.frac_prec = (digits, digits)
    said: str = exact.apply(amount, at)
    return said


def _digits(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_DIGITS:
        message = f"{name}: digits are a whole number from 0 to {MOST_DIGITS}"
        raise FilterArgumentError(message, token=None)
    return value


def _rounded(amount: Decimal, digits: int) -> Decimal:
    # As invoices do, not to the even neighbour. A rounded-away "-0.00" is nothing at all.
    rounded = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


FORMATS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "date": _day,
        "time": _clock,
        "datetime": _moment,
        "money": _amount,
        "number": _number,
        "percent": _percent,
        "plural": _plural,
    }
)
"""Each takes the context, for the reader's setting."""
