"""Kill switches and rates as policies: what they stop, and what they count."""

from typing import Any

import pytest

from smart_city.decide import Reserved, decide
from tests.smart_city.world import NOON, bundle, internal, known, mail, score

STOP = {"kind": "killSwitch", "reason": "wrong prices"}
RATE = {"kind": "rateLimit", "max": 2, "per": "PT1M"}


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ({}, {"mail", "score", "total"}),
        ({"channels": ["email"]}, {"mail"}),
        ({"adapters": ["smtp"]}, {"mail"}),
        ({"adapters": ["ses"]}, set()),
        ({"capabilities": ["insights.score"]}, {"score"}),
        ({"capabilities": ["insights.score:2"]}, set()),
        ({"solutions": ["acme.invoice-dunning"]}, {"mail", "score", "total"}),
        ({"solutions": ["acme.other"]}, set()),
        ({"channels": ["email"], "adapters": ["ses"]}, set()),
        ({"channels": ["email"], "solutions": ["acme.invoice-dunning"]}, {"mail"}),
    ],
)
def test_a_kill_switch_stops_what_all_its_members_name(scope: Any, stopped: set[str]) -> None:
    found = bundle(**{"tenant/stop": {**STOP, **scope}})
    steps = {"mail": mail(adapter="smtp"), "score": score(), "total": internal()}
    verdicts = {name: decide(found, step, known()) for name, step in steps.items()}

    assert {name for name, one in verdicts.items() if one.outcome == "deny"} == stopped
    assert {verdicts[name].code for name in stopped} <= {"policy.kill-switch"}


def test_what_is_too_fast_is_held_until_there_is_a_place() -> None:
    found = bundle(**{"tenant/rate": RATE})
    asked = decide(found, mail(), known())
    (need,) = asked.reserve
    counter = '["tenant/rate","","solution","acme.invoice-dunning"]'
    assert (asked.outcome, need.scope, need.counter) == ("reserve", "solution", counter)

    later = NOON.replace(minute=1)
    full = known(reservations={"tenant/rate": Reserved(granted=False, free_at=later)})
    verdict = decide(found, mail(), full)
    assert (verdict.outcome, verdict.until, verdict.code) == ("defer", later, "policy.cap-reached")


@pytest.mark.parametrize(
    ("scope", "subject"),
    [("tenant", "acme"), ("channel", "email"), ("solution", "acme.invoice-dunning")],
)
def test_a_rate_counts_by_what_it_says(scope: str, subject: str) -> None:
    found = bundle(**{"tenant/rate": {**RATE, "scope": scope}})
    (need,) = decide(found, mail(), known()).reserve
    assert need.counter == f'["tenant/rate","","{scope}","{subject}"]'


def test_a_rate_of_capabilities_is_about_these_alone() -> None:
    found = bundle(rate={**RATE, "capabilities": ["insights.score"]})
    assert decide(found, score(), known()).outcome == "reserve"
    assert decide(found, mail(), known()).outcome == "allow"
