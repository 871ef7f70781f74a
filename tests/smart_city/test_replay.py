"""Decisions made again: from what was kept, without what is nobody's business."""

import json
from datetime import timedelta
from typing import Any

from smart_city.evidence import kept, restored, token
from smart_city.facts import Reserved
from smart_city.replay import Counters, replayed, unchanged
from tests.smart_city.world import CAP, CONSENT, NIGHT, NOON, bundle, known, mail

STEP = mail(carries={"/data/iban#": ("bank",)}, conditions={"solution/x": False})
FACTS = known(
    destination="eva.huber@customer.example",
    region="eu",
    amounts={"tenant/money": 5},
    bare={"tenant/pii": ("/data/iban#",)},
    reservations={"tenant/cap": Reserved(granted=False, free_at=NOON)},
    switches=frozenset({"tenant"}),
)


def test_what_is_kept_comes_back_but_for_who_it_was() -> None:
    evidence = json.loads(json.dumps(kept(STEP, FACTS, "2 EUR")))
    step, facts, cost = restored(evidence)
    assert (step, cost) == (STEP, "2 EUR")
    assert "huber" not in json.dumps(evidence)
    assert facts.destination == token(FACTS.destination or "")
    assert (facts.amounts, facts.bare, facts.consents) == (
        FACTS.amounts,
        FACTS.bare,
        FACTS.consents,
    )


def test_a_token_is_on_the_lists_that_the_place_is_on() -> None:
    assert token("+436601234567") == "+43660" + "0" * 7
    assert token("https://eva@api.example:8443/people/7?q=1") == "https://api.example/"
    assert token("eva@acme.example").endswith("@acme.example")


def again(policies: dict[str, Any], before: dict[str, Any], **facts: Any) -> str | None:
    after, was = bundle(**policies), bundle(**before)
    evidence = kept(mail(), known(**facts), None)
    found = replayed(after, unchanged(was, after), evidence, Counters())
    return found and found.outcome


def test_a_policy_that_is_new_holds_and_one_that_is_gone_does_not() -> None:
    night = NOON + timedelta(hours=12)
    assert again({"night": NIGHT}, {}, now=night) == "defer"
    assert again({}, {"night": NIGHT}, now=night) == "allow"
    assert again({"asked": CONSENT}, {}, consents=None) == "deny"


def test_a_cap_that_stays_is_as_full_as_it_was() -> None:
    full = {"solution/cap": Reserved(granted=False)}
    assert again({"cap": CAP}, {"cap": CAP}, reservations=full) == "skip"
    assert again({"cap": {**CAP, "max": 4}}, {"cap": CAP}, reservations=full) == "allow"


def test_a_cap_that_changes_counts_what_goes_through() -> None:
    after, counters = bundle(cap={**CAP, "max": 2}), Counters()
    evidence = [kept(mail(key=str(n)), known(), None) for n in range(4)]
    found = [replayed(after, frozenset(), one, counters) for one in evidence]
    assert [one and one.outcome for one in found] == ["allow", "allow", "skip", "skip"]


def test_nobody_guesses_what_a_step_was_called_with() -> None:
    money = {"kind": "budget", "limit": 5, "per": "P1D", "amount": "${ .amount }"}
    assert again({"money": money}, {}) is None
    assert again({"pin": {"kind": "mask", "fields": ["pin"]}}, {}) is None
    assert again({"fixed": {**money, "amount": 6}}, {}) == "deny"
