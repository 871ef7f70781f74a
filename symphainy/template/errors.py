"""What is wrong with a template, and where."""

from liquid.exceptions import (
    FilterArgumentError,
    FilterError,
    FilterItemTypeError,
    FilterValueError,
    LiquidError,
    LiquidTypeError,
    ResourceLimitError,
    UndefinedError,
    UnknownFilterError,
)

from symphainy.errors import Refused

__all__ = [
    "ClockError",
    "CurrencyError",
    "LocaleError",
    "TemplateError",
    "ZoneError",
    "place",
    "translated",
]

_VALUE = (
    FilterArgumentError,
    FilterError,
    FilterItemTypeError,
    FilterValueError,
    LiquidTypeError,
)


class ClockError(FilterError):
    """A template asked what time it is."""


class CurrencyError(FilterError):
    """A template names a currency that does not exist."""


class LocaleError(FilterError):
    """A template names a locale that does not exist."""


class ZoneError(FilterError):
    """A template names a time zone that does not exist."""


class TemplateError(Refused):
    """A template that cannot be compiled, or not be rendered with this data.

    `line` and `column` are 1-based; 0 where no place can be named.
    """

    def __init__(self, code: str, message: str, *, line: int = 0, column: int = 0) -> None:
        where = f" (line {line}, column {column})" if line else ""
        super().__init__(code, message + where)
        self.line = line
        self.column = column
        self.part = ""
        """Of which part of a message it is, where that is known."""


def place(source: str, index: int) -> tuple[int, int]:
    """The 1-based line and column of the character at `index`."""
    before = source[: max(index, 0)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def translated(error: LiquidError, *, fallback: str, source: str | None = None) -> TemplateError:
    """The engine's error as one of ours; `fallback` is the code of those not told apart.

    With `source`, an error without a place is one at its end.
    """
    line, column = 0, 0
    if error.token is not None and error.token.start_index >= 0:
        line, column = place(error.token.source, error.token.start_index)
    elif source is not None:
        line, column = place(source, len(source))
    return TemplateError(_code(error) or fallback, _message(error), line=line, column=column)


def _code(error: LiquidError) -> str | None:
    match error:
        case ClockError():
            return "template.clock"
        case CurrencyError():
            return "template.currency"
        case LocaleError():
            return "template.locale"
        case ZoneError():
            return "template.zone"
        case UndefinedError():
            return "template.undefined"
        case ResourceLimitError():
            return "template.limit"
        case UnknownFilterError():
            return "template.filter"
        case _ if isinstance(error, _VALUE):
            return "template.value"
    return None


def _message(error: LiquidError) -> str:
    said = str(error.message or type(error).__name__)
    if isinstance(error, UndefinedError):
        return f"{said}: add it to the data, or give it a default with `| default: ...`"
    return said
