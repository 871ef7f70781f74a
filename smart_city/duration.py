"""Durations as definitions write them, and as people read them."""

import re
from collections.abc import Mapping
from datetime import timedelta

__all__ = ["iso", "parse", "spoken"]

LONGEST = timedelta(days=3660)

_UNITS = {
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
    "milliseconds": timedelta(milliseconds=1),
}
# Years and months have no length of their own, so they cannot bound anything.
_ISO = re.compile(
    r"P(?=.)(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,10})(?:\.(\d{1,6}))?S)?)?",
    re.ASCII,
)


def parse(value: object) -> timedelta:
    """The duration in `P2DT12H` or `{days: 2, hours: 12}`; ValueError says what is wrong."""
    if isinstance(value, timedelta):
        found = value
    elif isinstance(value, str):
        found = _from_iso(value)
    elif isinstance(value, Mapping):
        found = _from_units(value)
    else:
        raise ValueError('write a duration as "P2D" or {days: 2}')
    if not timedelta(0) < found <= LONGEST:
        raise ValueError(f"a duration is more than nothing and at most {LONGEST.days} days")
    return found


def _from_iso(text: str) -> timedelta:
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text[:40]!r} is not an ISO 8601 duration of weeks, days, hours, minutes and seconds"
        )
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:5])
    micros = int((match.group(6) or "0").ljust(6, "0"))
    return timedelta(
        weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros
    )


def _from_units(value: Mapping[object, object]) -> timedelta:
    total = timedelta(0)
    for unit, count in value.items():
        if unit not in _UNITS:
            raise ValueError(f"{unit!r} is no unit; use {', '.join(_UNITS)}")
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count < 10**10:
            raise ValueError(f"{unit} has to be a whole number")
        total += count * _UNITS[str(unit)]
    return total


def iso(value: timedelta) -> str:
    """The one ISO 8601 form of `value` that digests are taken of."""
    seconds = value.seconds + value.microseconds / 1_000_000
    time = f"T{seconds:.6f}".rstrip("0").rstrip(".") + "S" if seconds else ""
    return f"P{value.days}D{time}"


def spoken(value: timedelta) -> str:
    """`2 days`, `1 hour 30 minutes`."""
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(value.days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(said) or "less than a second"
