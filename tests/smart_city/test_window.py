"""Windows follow the clock on the wall, through both changes of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_city.window import DAYS, Window, next_at, zone

NIGHT = Window(21 * 60, 8 * 60)


def _over(window: Window, where: str, wall: str, fold: int = 0) -> str:
    """When `window` is over for a clock in `where` that shows `wall`, in UTC."""
    place = zone(where)
    assert place is not None
    now = datetime.fromisoformat(wall).replace(tzinfo=place, fold=fold)
    return f"{window.over(now, place):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("where", "wall", "over"),
    [
        ("Europe/Berlin", "2026-01-15 23:10", "2026-01-16 07:00:00"),
        ("Europe/Berlin", "2026-01-15 00:10", "2026-01-15 07:00:00"),
        ("Europe/Berlin", "2026-01-15 20:59:59", "2026-01-15 19:59:59"),
        ("Europe/Berlin", "2026-01-15 08:00", "2026-01-15 07:00:00"),
        ("Asia/Singapore", "2026-01-15 23:10", "2026-01-16 00:00:00"),
        ("Asia/Kolkata", "2026-01-15 23:10", "2026-01-16 02:30:00"),
        ("Asia/Kathmandu", "2026-01-15 23:10", "2026-01-16 02:15:00"),
        ("Australia/Lord_Howe", "2026-04-04 23:10", "2026-04-04 21:30:00"),
        # The night of the change is an hour shorter, or an hour longer.
        ("Europe/Berlin", "2026-03-28 23:10", "2026-03-29 06:00:00"),
        ("Europe/Berlin", "2026-10-24 23:10", "2026-10-25 07:00:00"),
        ("America/New_York", "2026-03-07 23:10", "2026-03-08 12:00:00"),
        ("America/New_York", "2026-10-31 23:10", "2026-11-01 13:00:00"),
    ],
)
def test_a_night_is_over_at_eight_by_the_clock_on_the_wall(
    where: str, wall: str, over: str
) -> None:
    assert _over(NIGHT, where, wall) == over


@pytest.mark.parametrize(
    ("where", "wall", "end", "over"),
    [
        ("Europe/Berlin", "2026-03-29 01:50", "02:30", "2026-03-29 01:00:00"),
        ("America/New_York", "2026-03-08 01:50", "02:30", "2026-03-08 07:00:00"),
        # Half an hour is skipped here.
        ("Australia/Lord_Howe", "2026-10-04 01:50", "02:15", "2026-10-03 15:30:00"),
    ],
)
def test_an_end_that_the_clocks_skip_is_the_moment_after_the_gap(
    where: str, wall: str, end: str, over: str
) -> None:
    window = Window(22 * 60, int(end[:2]) * 60 + int(end[3:]))
    assert _over(window, where, wall) == over


@pytest.mark.parametrize(("fold", "over"), [(0, "2026-10-25 00:30:00"), (1, "2026-10-25 01:30:00")])
def test_an_end_that_comes_twice_is_the_next_of_the_two(fold: int, over: str) -> None:
    assert _over(Window(22 * 60, 150), "Europe/Berlin", "2026-10-25 02:10", fold) == over


def test_a_whole_day_that_was_skipped_ends_where_the_calendar_goes_on() -> None:
    window = Window(0, 12 * 60, frozenset({"thu", "fri"}))
    assert _over(window, "Pacific/Apia", "2011-12-29 11:00") == "2011-12-29 22:00:00"
    late = Window(20 * 60, 6 * 60, frozenset({"thu"}))
    assert _over(late, "Pacific/Apia", "2011-12-29 23:00") == "2011-12-30 10:00:00"


def test_a_window_on_some_days_belongs_to_the_day_it_starts_on() -> None:
    window = Window(21 * 60, 8 * 60, frozenset({"fri"}))
    assert [
        window.covers(datetime.fromisoformat(f"2026-06-{moment}"))
        for moment in ("05 07:00", "05 21:00", "06 07:59", "06 08:00", "06 21:00")
    ] == [False, True, True, False, False]


def test_a_weekend_is_over_on_monday() -> None:
    weekend = Window(0, 24 * 60, frozenset({"sat", "sun"}))
    assert _over(weekend, "Europe/Berlin", "2026-06-06 10:00") == "2026-06-07 22:00:00"


@pytest.mark.parametrize("name", [None, "", "Europe", "../etc/passwd", "/etc/localtime", "x" * 999])
def test_names_that_are_no_zone_are_none(name: str | None) -> None:
    assert zone(name) is None


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
]
YEAR = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.sampled_from(ZONES),
    YEAR,
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.sets(st.sampled_from(DAYS), min_size=1, max_size=6),
)
def test_from_now_until_it_is_over_every_moment_is_inside_and_the_end_is_outside(
    name: str, now: datetime, start: int, end: int, days: set[str]
) -> None:
    where = zone(name)
    assert where is not None
    window = Window(start, end if end != start else (end + 1) % 1440, frozenset(days))

    def inside(moment: datetime) -> bool:
        return window.covers(moment.astimezone(where).replace(tzinfo=None))

    over = window.over(now, where)
    assert not inside(over)
    assert over == now or all(inside(now + (over - now) * part / 50) for part in range(50))
    assert over == now or inside(over - timedelta(seconds=1))


VIENNA, CHATHAM = ZoneInfo("Europe/Vienna"), ZoneInfo("Pacific/Chatham")


@pytest.mark.parametrize(
    ("minute", "now", "where", "days", "then"),
    [
        (480, "2026-03-02T06:59:00", VIENNA, DAYS, "2026-03-02T07:00:00"),
        (480, "2026-03-02T07:00:00", VIENNA, DAYS, "2026-03-03T07:00:00"),
        (480, "2026-03-02T07:00:00", VIENNA, ("mon",), "2026-03-09T07:00:00"),
        (480, "2026-03-02T07:00:00", CHATHAM, DAYS, "2026-03-02T18:15:00"),
        # On this night 02:30 is skipped in Vienna, and on that one it comes twice.
        (150, "2026-03-28T12:00:00", VIENNA, DAYS, "2026-03-29T01:00:00"),
        (150, "2026-10-24T12:00:00", VIENNA, DAYS, "2026-10-25T00:30:00"),
        (0, "2026-03-02T22:59:59", VIENNA, DAYS, "2026-03-02T23:00:00"),
    ],
)
def test_a_time_of_day_comes_by_the_clock_on_the_wall(
    minute: int, now: str, where: ZoneInfo, days: tuple[str, ...], then: str
) -> None:
    found = next_at(minute, datetime.fromisoformat(f"{now}+00:00"), where, days)
    assert found.isoformat() == f"{then}+00:00"
