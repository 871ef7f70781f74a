"""Zones from phone numbers, and the strictest of several."""

from datetime import UTC, datetime

import pytest

from smart_city.bundle import LayeredDocument, compile_bundle
from smart_city.decide import Facts, Step, decide
from smart_city.phone import zones_of
from smart_city.strictest import strictest
from symphainy.identity import Principal

NIGHT = {"kind": "quietHours", "channels": ["sms"], "from": "21:00", "to": "08:00"}
STEP = Step(
    tenant="acme",
    environment="production",
    solution="acme.dunning",
    run="r",
    step="/do/0",
    task="remind",
    capability="experience.sms",
    effect="message",
    principal=Principal(tenant="acme", id="ada"),
    channel="sms",
)


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+14155550100", ("America/Los_Angeles",)),
        ("+436601234567", ("Europe/Vienna",)),
        ("+34612345678", ("Atlantic/Canary", "Europe/Madrid")),
        ("+15550001111", ()),
        ("0660 1234567", ()),
        ("+", ()),
        (None, ()),
    ],
)
def test_a_number_says_where_it_may_be(number: str | None, zones: tuple[str, ...]) -> None:
    assert zones_of(number) == zones


def verdict(hour: int, minute: int = 0, *, zone: str | None = None) -> tuple[str, str | None]:
    """What is decided for a mobile number of Spain, and until when it is held."""
    bundle = compile_bundle([LayeredDocument("solution", "night", NIGHT)])
    now = datetime(2026, 1, 14, hour, minute, tzinfo=UTC)
    facts = strictest(bundle, STEP, Facts(now=now, zone=zone, fresh=True), zones_of("+34612345678"))
    found = decide(bundle, STEP, facts)
    return found.outcome, f"{found.until:%H:%M}" if found.until else None


def test_it_is_night_as_long_as_it_is_night_in_any_of_the_zones() -> None:
    # Madrid is an hour ahead of UTC, the Canaries are not.
    assert verdict(19, 59) == ("allow", None)
    assert verdict(20) == ("defer", "07:00")
    assert verdict(21) == ("defer", "08:00")
    assert verdict(7) == ("defer", "08:00")
    assert verdict(8) == ("allow", None)


def test_a_zone_that_is_known_counts_alone() -> None:
    assert verdict(7, 30, zone="Europe/Madrid") == ("allow", None)
