"""Windows of local time: whether a moment lies in one, and when it is over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

__all__ = ["DAYS", "MIDNIGHT", "Day", "Window", "next_at", "spoken", "zone", "zones"]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60

# What the host's database calls these differs from host to host.
_LOCAL = frozenset({"localtime", "posixrules", "Factory"})


@lru_cache(maxsize=1)
def zones() -> Mapping[str, str]:
    """Every IANA zone by its lower-case name, so that a near miss can be named."""
    return MappingProxyType({name.lower(): name for name in available_timezones() - _LOCAL})


@lru_cache(maxsize=1024)
def zone(name: str | None) -> ZoneInfo | None:
    """The IANA zone called exactly `name`, or None."""
    return ZoneInfo(name) if name and zones().get(name.lower()) == name else None


def spoken(until: datetime, now: datetime, where: ZoneInfo | None) -> str:
    """`08:00`, with its date when it is later than tomorrow, and UTC when the zone is unknown."""
    there, here = until.astimezone(where or UTC), now.astimezone(where or UTC)
    far = (there.date() - here.date()).days > 1
    return f"{there:%H:%M}{'' if where else ' UTC'}{f' on {there:%Y-%m-%d}' if far else ''}"


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to but without `end`, in minutes after local midnight; `end` may be 24:00.

    A window with `end` before `start` goes on over midnight and belongs to the day it starts on.
    What counts is what a clock on the wall shows: of an hour that is skipped nothing is inside,
    an hour that comes twice is inside twice.
    """

    start: int
    end: int
    days: frozenset[str] = frozenset(DAYS)

    @property
    def overnight(self) -> bool:
        return self.end < self.start

    @property
    def endless(self) -> bool:
        return self.end - self.start == MIDNIGHT and len(self.days) == len(DAYS)

    def covers(self, wall: datetime) -> bool:
        """Whether a clock that shows `wall` is inside."""
        minute, weekday = wall.hour * 60 + wall.minute, wall.weekday()
        if not self.overnight:
            return self.start <= minute < self.end and DAYS[weekday] in self.days
        evening = minute >= self.start and DAYS[weekday] in self.days
        return evening or (minute < self.end and DAYS[weekday - 1] in self.days)

    def over(self, now: datetime, where: ZoneInfo) -> datetime:
        """The first moment from `now` on that is outside, in UTC."""
        moment = now.astimezone(UTC)
        # Windows of whole days follow each other without a gap, at most six of them.
        for _ in range(len(DAYS) + 1):
            wall = moment.astimezone(where).replace(tzinfo=None)
            if not self.covers(wall):
                break
            moment = _reaches(self._close(wall), where, moment)
        return moment

    def _close(self, wall: datetime) -> datetime:
        midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        evening = self.overnight and wall.hour * 60 + wall.minute >= self.start
        return midnight + timedelta(days=int(evening), minutes=self.end)


def next_at(minute: int, now: datetime, where: ZoneInfo, days: Collection[str] = DAYS) -> datetime:
    """The next moment after `now` at which clocks show `minute` after midnight on one of `days`;
    where they skip it, when they go on."""
    wall = now.astimezone(where).replace(tzinfo=None)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for ahead in range(len(DAYS) + 1):
        then = midnight + timedelta(days=ahead, minutes=minute)
        if then > wall and DAYS[then.weekday()] in days:
            return _reaches(then, where, now.astimezone(UTC))
    raise ValueError("on no day of the week")


def _reaches(wall: datetime, where: ZoneInfo, after: datetime) -> datetime:
    """The first moment later than `after` at which the clocks show `wall` or have skipped it."""
    early, late = sorted(wall.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1))
    for moment in (early, late):
        if moment > after and moment.astimezone(where).replace(tzinfo=None) == wall:
            return moment
    return _gap_end(wall, where, early, late)


def _gap_end(wall: datetime, where: ZoneInfo, before: datetime, beyond: datetime) -> datetime:
    low, high = 0, int((beyond - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        shown = (before + timedelta(seconds=middle)).astimezone(where).replace(tzinfo=None)
        low, high = (low, middle) if shown >= wall else (middle + 1, high)
    return before + timedelta(seconds=low)
