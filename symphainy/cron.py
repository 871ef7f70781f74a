"""Cron expressions of five fields, or one of the known short forms."""

import re
from collections.abc import Iterator

__all__ = ["wrong"]

SHORT = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of the week", 0, 7, DAYS),
)
PART = re.compile(r"(\*|[0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?(?:/([0-9]{1,2}))?")


def wrong(text: str) -> str | None:
    """What is wrong with the cron expression `text`, or None."""
    fields = text.split()
    if len(fields) == 1 and text.strip() in SHORT:
        return None
    if len(fields) != len(FIELDS):
        return f"{len(fields)} fields: minute, hour, day, month and day of the week are needed"
    return next(_problems(fields), None)


def _problems(fields: list[str]) -> Iterator[str]:
    for field, (name, low, high, names) in zip(fields, FIELDS, strict=True):
        for part in field.split(","):
            if not _fits(part, low, high, names):
                yield f"{part!r} is no {name} from {low} to {high}"


def _fits(part: str, low: int, high: int, names: tuple[str, ...]) -> bool:
    match = PART.fullmatch(part)
    if match is None:
        return False
    first, last, step = match.groups()
    if step is not None and int(step) == 0:
        return False
    if first == "*":
        return last is None
    begin = _number(first, low, names)
    end = begin if last is None else _number(last, low, names)
    return begin is not None and end is not None and low <= begin <= end <= high


def _number(text: str, low: int, names: tuple[str, ...]) -> int | None:
    if text.isdigit():
        return int(text)
    return names.index(text.lower()) + low if text.lower() in names else None
