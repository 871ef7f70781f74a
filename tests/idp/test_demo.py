"""What the demonstration says, whatever the hour."""

from datetime import UTC, datetime, timedelta

import pytest

from idp.demo.customers import cast
from idp.demo.story import Line, Row, told

HOURS = [
    day + timedelta(hours=hour)
    for day in (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
    for hour in range(24)
]


@pytest.mark.parametrize("now", HOURS, ids=str)
def test_at_any_hour_one_is_reached_one_is_asleep_and_one_has_withdrawn(now: datetime) -> None:
    agreed = [one for one in cast(now) if one.accepts_mail]
    nights = sorted(one.clock(now).hour >= 21 or one.clock(now).hour < 8 for one in agreed)

    assert nights == [False, True]


def test_a_hold_is_told_with_its_reason() -> None:
    row = Row(cast(HOURS[0])[0], run="acme.invoice-dunning:1")
    event = {
        "type": "step.decided",
        "step": "/do/2/remind/try/0/mail",
        "data": {"outcome": "defer", "reason": "quiet hours `night`: 04:10"},
    }

    assert told(row, event) == [Line("mail: held, quiet hours `night`: 04:10", "held")]
    assert (row.now.tone, row.settled) == ("held", False)


def test_what_policy_held_stays_in_sight_after_a_later_agreement() -> None:
    row = Row(cast(HOURS[0])[0], run="acme.invoice-dunning:1")
    refusal = {"outcome": "deny", "reason": "no consent"}
    told(row, {"type": "step.decided", "step": "/do/2/mail", "data": refusal})
    told(row, {"type": "step.decided", "step": "/do/3/letter", "data": {"outcome": "allow"}})
    output = {"delivery": "1", "state": "accepted", "adapter": "sandbox"}
    told(row, {"type": "step.completed", "step": "/do/3/letter", "data": {"output": output}})

    assert row.policy == Line("mail: refused, no consent", "refused")
    assert row.sent == ["letter"]
    assert row.now == Line("letter: mail accepted by sandbox", "good")


def test_a_run_that_waits_has_settled() -> None:
    row = Row(cast(HOURS[0])[0], run="acme.invoice-dunning:1")
    event = {"type": "run.waiting", "data": {"seconds": 604_800, "reason": "patience"}}

    assert told(row, event) == [Line("waits 7 days: patience", "held")]
    assert row.settled
