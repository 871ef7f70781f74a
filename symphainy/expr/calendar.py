"""Broken-down UTC time of any year, without the machine's clock, zone or locale."""

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def days_before(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to the date; month 0 is January and may run over."""
    year += month // 12
    month = month % 12 + 1
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def date_of(days: int) -> tuple[int, int, int]:
    """Year, month from 0 and day of the date that many days after 1970-01-01."""
    era, of_era = divmod(days + 719468, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 2 if shifted < 10 else shifted - 10
    return year + era * 400 + (month <= 1), month, day


def weekday(days: int) -> int:
    """0 for Sunday."""
    return (days + 4) % 7


def year_day(year: int, month: int, day: int) -> int:
    """0 for the first of January."""
    return days_before(year, month, day) - days_before(year, 0, 1)


def iso_week(year: int, yday: int, wday: int) -> tuple[int, int]:
    """The ISO 8601 year and week."""
    monday_based = (wday + 6) % 7
    week = (yday - monday_based + 10) // 7
    if week < 1:
        return year - 1, _weeks(year - 1)
    if week > _weeks(year):
        return year + 1, 1
    return year, week


def _weeks(year: int) -> int:
    first = (weekday(days_before(year, 0, 1)) + 6) % 7
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 53 if first == 3 or (first == 2 and leap) else 52
