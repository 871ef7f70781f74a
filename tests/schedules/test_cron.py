"""Cron expressions, as authors write them."""

import pytest

from symphainy.cron import wrong

GOOD = [
    "* * * * *",
    "*/15 0-6,22,23 1 jan-mar MON-fri",
    "0 9 * * 1-5/2",
    "59 23 31 12 7",
    "@daily",
]
BAD = {
    "": "0 fields",
    "* * * *": "4 fields",
    "60 * * * *": "'60' is no minute from 0 to 59",
    "* 24 * * *": "'24' is no hour from 0 to 23",
    "* * 0 * *": "'0' is no day of the month from 1 to 31",
    "* * * 13 *": "'13' is no month from 1 to 12",
    "* * * * 8": "'8' is no day of the week from 0 to 7",
    "5-1 * * * *": "'5-1' is no minute from 0 to 59",
    "*/0 * * * *": "'*/0' is no minute from 0 to 59",
    "* * * foo *": "'foo' is no month from 1 to 12",
    "1,,2 * * * *": "'' is no minute from 0 to 59",
    "@reboot": "1 fields",
}


@pytest.mark.parametrize("text", GOOD)
def test_what_cron_understands_is_taken(text: str) -> None:
    assert wrong(text) is None


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_what_it_does_not_is_told_apart(text: str, said: str) -> None:
    assert (wrong(text) or "").startswith(said)
