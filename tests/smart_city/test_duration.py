"""Durations mean the same however they are written."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_city import duration


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("P7D", timedelta(days=7)),
        ("P1W", timedelta(days=7)),
        ("PT36H", timedelta(hours=36)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ({"days": 1, "minutes": 30}, timedelta(days=1, minutes=30)),
        ({"milliseconds": 1500}, timedelta(seconds=1.5)),
    ],
)
def test_iso_and_inline_durations_are_read(written: object, meant: timedelta) -> None:
    assert duration.parse(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "", "P", "PT", "7D", "p7d", "P1M", "P1Y", "P-1D", "P1.5D", "P٣D", "PT0S", "P9999D", "P7D ",
        {}, {"days": 0}, {"days": -1}, {"days": 1.5}, {"days": True}, {"weeks": 1}, {"days": "1"},
        7, None, ["P7D"], {"days": 10**12},
    ],
)  # fmt: skip
def test_what_is_no_duration_of_its_own_length_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        duration.parse(written)


@given(st.timedeltas(min_value=timedelta(microseconds=1), max_value=duration.LONGEST))
def test_every_duration_survives_being_written(value: timedelta) -> None:
    assert duration.parse(duration.iso(value)) == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (timedelta(days=2), "2 days"),
        (timedelta(days=1, hours=1, minutes=30), "1 day 1 hour 30 minutes"),
        (timedelta(milliseconds=3), "less than a second"),
    ],
)
def test_durations_are_said_in_words(value: timedelta, said: str) -> None:
    assert duration.spoken(value) == said
