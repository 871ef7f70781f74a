"""Quiet hours hold a message until the morning where the customer is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smart_city.decide import decide
from tests.smart_city.world import NIGHT, bundle, internal, known, mail

EVENING = datetime(2026, 3, 1, 15, 10, tzinfo=UTC)


def _said(facts: dict[str, Any], **policy: Any) -> tuple[str, str, str | None]:
    verdict = decide(bundle(night={**NIGHT, **policy}), mail(), known(**facts))
    return verdict.outcome, verdict.reason, f"{verdict.until:%d %H:%M}" if verdict.until else None


def test_a_message_at_night_is_held_until_the_morning_and_the_reason_says_so() -> None:
    assert _said({"now": EVENING, "zone": "Asia/Singapore"}) == (
        "defer",
        "quiet hours `night`: 23:10 in Asia/Singapore, held until 08:00",
        "02 00:00",
    )


def test_the_same_moment_is_day_for_somebody_else() -> None:
    assert _said({"now": EVENING, "zone": "Europe/Berlin"}) == ("allow", "", None)


def test_a_zone_in_the_policy_goes_for_everybody() -> None:
    facts = {"now": EVENING, "zone": "Europe/Berlin"}
    assert _said(facts, zone="Asia/Kolkata") == ("allow", "", None)
    late = {**facts, "now": EVENING.replace(hour=16)}
    assert _said(late, zone="Asia/Kolkata")[1:] == (
        "quiet hours `night`: 21:40 in Asia/Kolkata, held until 08:00",
        "02 02:30",
    )


@pytest.mark.parametrize("zone", [None, "Mars/Olympus", "../etc/passwd", "europe/berlin"])
def test_a_customer_of_unknown_zone_gets_nothing_and_the_reason_says_why(zone: str | None) -> None:
    assert _said({"now": EVENING, "zone": zone}) == (
        "deny",
        "quiet hours `night`: the customer's time zone is unknown",
        None,
    )


def test_a_customer_of_unknown_zone_is_treated_as_in_the_zone_to_fall_back_on() -> None:
    said = _said({"now": EVENING, "zone": None}, unknownZone="Asia/Singapore")
    assert said[0] == "defer"
    assert _said({"now": EVENING, "zone": None}, unknownZone="Europe/Berlin")[0] == "allow"


@pytest.mark.parametrize("breach", ["skip", "deny"])
def test_a_message_at_night_is_left_out_or_refused_where_the_policy_says_so(breach: str) -> None:
    assert _said({"now": EVENING, "zone": "Asia/Singapore"}, onBreach=breach) == (
        breach,
        "quiet hours `night`: 23:10 in Asia/Singapore",
        None,
    )


def test_a_skipped_message_is_also_skipped_where_the_zone_is_unknown() -> None:
    assert _said({"now": EVENING, "zone": None}, onBreach="skip")[0] == "skip"


@pytest.mark.parametrize(
    ("day", "hour", "outcome"),
    # 2026-06-05 is a Friday; the window of Friday goes on until Saturday morning.
    [(5, 19, "defer"), (6, 5, "defer"), (6, 6, "allow"), (6, 19, "allow"), (5, 5, "allow")],
)
def test_days_are_those_on_which_the_window_starts(day: int, hour: int, outcome: str) -> None:
    now = datetime(2026, 6, day, hour, tzinfo=UTC)
    assert _said({"now": now}, days=["fri"])[0] == outcome


def test_a_quiet_weekend_is_held_until_monday_with_its_date() -> None:
    now = datetime(2026, 6, 6, 10, tzinfo=UTC)
    weekend = {"from": "00:00", "to": "24:00", "days": ["sat", "sun"]}
    assert _said({"now": now}, **weekend) == (
        "defer",
        "quiet hours `night`: 12:00 in Europe/Berlin, held until 00:00 on 2026-06-08",
        "07 22:00",
    )


def test_other_channels_and_steps_without_a_channel_are_not_held() -> None:
    quiet, night = bundle(night=NIGHT), known(now=EVENING, zone="Asia/Singapore")
    assert decide(quiet, mail(channel="crm", capability="experience.crm"), night).outcome == "allow"
    assert decide(quiet, internal(), night).outcome == "allow"


def test_a_message_that_does_not_say_its_channel_is_held_like_any() -> None:
    night = known(now=EVENING, zone="Asia/Singapore")
    assert decide(bundle(night=NIGHT), mail(channel=None), night).outcome == "defer"


def test_without_channels_every_message_is_held_and_nothing_else() -> None:
    quiet = bundle(night={"kind": "quietHours", "from": "21:00", "to": "08:00"})
    night = known(now=EVENING, zone="Asia/Singapore")
    assert decide(quiet, mail(channel="chat"), night).outcome == "defer"
    assert decide(quiet, mail(effect="money", channel=None), night).outcome == "allow"


def test_an_internal_task_can_be_held_by_name() -> None:
    policy = {"kind": "quietHours", "from": "21:00", "to": "08:00", "before": ["total"]}
    night = known(now=EVENING, zone="Asia/Singapore")
    assert decide(bundle(night=policy), internal(), night).outcome == "defer"


def test_two_windows_at_once_are_waited_for_together() -> None:
    both = bundle(night=NIGHT, noon={**NIGHT, "from": "20:00", "to": "12:00"})
    verdict = decide(both, mail(), known(now=EVENING, zone="Asia/Singapore"))
    assert (verdict.policy, f"{verdict.until:%H:%M}", verdict.determining) == (
        "noon",
        "04:00",
        ("solution/night", "solution/noon"),
    )
