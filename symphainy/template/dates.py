"""Dates in templates: the same text on every machine, and never the present moment."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from liquid.exceptions import FilterArgumentError

from symphainy.template.errors import ClockError

__all__ = ["formatted", "moment"]

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DIRECTIVES: dict[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04d}",
    "y": lambda at: f"{at.year % 100:02d}",
    "m": lambda at: f"{at.month:02d}",
    "B": lambda at: _MONTHS[at.month - 1],
    "b": lambda at: _MONTHS[at.month - 1][:3],
    "d": lambda at: f"{at.day:02d}",
    "e": lambda at: f"{at.day:2d}",
    "j": lambda at: f"{at.timetuple().tm_yday:03d}",
    "A": lambda at: _DAYS[at.weekday()],
    "a": lambda at: _DAYS[at.weekday()][:3],
    "u": lambda at: str(at.isoweekday()),
    "V": lambda at: f"{at.isocalendar().week:02d}",
    "G": lambda at: f"{at.isocalendar().year:04d}",
    "H": lambda at: f"{at.hour:02d}",
    "I": lambda at: f"{at.hour % 12 or 12:02d}",
    "M": lambda at: f"{at.minute:02d}",
    "S": lambda at: f"{at.second:02d}",
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "z": lambda at: at.strftime("%z"),
    "F": lambda at: f"{at.year:04d}-{at.month:02d}-{at.day:02d}",
    "T": lambda at: f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}",
    "R": lambda at: f"{at.hour:02d}:{at.minute:02d}",
    "%": lambda _: "%",
}
_DIRECTIVE = re.compile(r"%(-?)(.?)", re.DOTALL)


def formatted(value: object, form: object = "%Y-%m-%d") -> str:
    """`value` (ISO 8601 text, or Unix seconds) written as `form` says, in English.

    `form` has the directives of strftime that depend on neither machine nor locale;
    `%-d` leaves the padding out. Raises FilterArgumentError, and ClockError for "now".
    """
    at = moment(value)

    def one(match: re.Match[str]) -> str:
        directive = _DIRECTIVES.get(match.group(2))
        if directive is None:
            known = " ".join(f"%{name}" for name in _DIRECTIVES)
            raise FilterArgumentError(f"date: {match.group()!r} is none of {known}", token=None)
        text = directive(at)
        return (text.lstrip("0 ") or "0") if match.group(1) else text

    return _DIRECTIVE.sub(one, str(form))


def moment(value: object, name: str = "date") -> datetime:
    """The moment that `value` says (ISO 8601 text, or Unix seconds), for the filter `name`.

    Raises FilterArgumentError, and ClockError for "now".
    """
    if value in ("now", "today"):
        raise ClockError(
            f"{name}: {str(value)!r} is the clock, which templates do not have; "
            "pass the moment in the data",
            token=None,
        )
    try:
        return _parsed(value)
    except (ValueError, OverflowError, OSError) as error:
        raise FilterArgumentError(
            f"{name}: {str(value)[:60]!r} is neither an ISO 8601 date nor Unix seconds", token=None
        ) from error


def _parsed(value: object) -> datetime:
    if isinstance(value, bool):
        raise ValueError("a truth value is no date")
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return datetime.fromisoformat(str(value))
