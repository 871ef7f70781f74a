"""Decisions made again: from what was kept, without what is nobody's business."""

import json
from datetime import timedelta
from typing import Any

import pytest

from smart_city.bundle import Bundle
from smart_city.evidence import kept, restored, token
from smart_city.facts import Reserved, Step
from smart_city.replay import Counters, Unknown, came_to, replayed
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


def again(
    policies: dict[str, Any], before: dict[str, Any], *, step: Any = None, **facts: Any
) -> str | None:
    """What the decision would come to; None if nobody can know."""
    evidence = kept(step or mail(), known(**facts), None)
    found = replayed(bundle(**before), bundle(**policies), evidence, Counters())
    if isinstance(found, Unknown):
        return None
    return came_to(found.outcome, bool(found.masks))


def test_a_policy_that_is_new_holds_and_one_that_is_gone_does_not() -> None:
    night = NOON + timedelta(hours=12)
    assert again({"night": NIGHT}, {}, now=night) == "defer"
    assert again({}, {"night": NIGHT}, now=night) == "allow"
    assert again({"asked": CONSENT}, {}, consents=None) == "deny"


def test_a_cap_that_stays_is_as_full_as_it_was() -> None:
    full = {"solution/cap": Reserved(granted=False)}
    assert again({"cap": CAP}, {"cap": CAP}, reservations=full) == "skip"
    assert again({"cap": {**CAP, "max": 4}}, {"cap": CAP}, reservations=full) == "allow"


def counted(after: Bundle, *steps: Step, every: timedelta = timedelta()) -> list[str | None]:
    """What becomes of one step after another."""
    counters = Counters()
    given = [kept(step, known(now=NOON + n * every), None) for n, step in enumerate(steps)]
    found = [replayed(bundle(), after, one, counters) for one in given]
    return [None if isinstance(one, Unknown) else one.outcome for one in found]


def test_a_cap_that_changes_counts_what_goes_through() -> None:
    after = bundle(cap={**CAP, "max": 2, "per": "P1D"})
    steps = [mail(key=str(n)) for n in range(4)]
    assert counted(after, *steps) == ["allow", "allow", "skip", "skip"]
    half = timedelta(hours=13)
    assert counted(after, *steps, every=half) == ["allow"] * 4


def test_a_step_that_is_decided_on_twice_takes_one_place_and_one_that_is_denied_none() -> None:
    after = bundle(cap={**CAP, "max": 1}, no={"kind": "denyList", "customers": ["c-2"]})
    denied, twice, other = mail(customer="c-2", key="0"), mail(key="1"), mail(key="2")
    assert counted(after, denied, twice, twice, other) == ["deny", "allow", "allow", "skip"]


MONEY = {"kind": "budget", "limit": 5, "per": "P1D", "amount": "${ .amount }"}
PIN = {"kind": "mask", "fields": ["pin"]}
BIG = {"kind": "killSwitch", "reason": "no", "when": "${ .amount > 5 }"}
NOBODY = {"kind": "consent"}


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (MONEY, "`amount` of solution/one looks at what a step is called with"),
        ({**MONEY, "amount": "${ .amount // 1 }"}, "`amount` of solution/one"),
        (PIN, "`fields` of solution/one looks at what a step is called with"),
        (BIG, "`when` of solution/one looks at the data of the run"),
    ],
)
def test_nobody_guesses_what_was_not_kept(policy: dict[str, Any], why: str) -> None:
    evidence = kept(mail(), known(), None)
    found = replayed(bundle(), bundle(one=policy), evidence, Counters())
    assert isinstance(found, Unknown)
    assert str(found).startswith(why)


def test_what_was_not_kept_does_not_matter_where_others_deny() -> None:
    for one in (MONEY, PIN, BIG):
        assert again({"one": one, "asked": NOBODY}, {}, consents=None) == "deny"


def test_what_does_not_change_the_outcome_need_not_be_known() -> None:
    night = NOON + timedelta(hours=12)
    waits = {**NIGHT, "from": "20:00", "when": "${ .amount > 5 }"}
    assert again({"night": NIGHT, "one": waits}, {}, now=night) == "defer"
    assert again({"night": NIGHT, "one": PIN}, {}, now=night) == "defer"
    assert again({"night": NIGHT, "one": BIG}, {}, now=night) is None


@pytest.mark.parametrize(
    ("policy", "cost", "outcome"),
    [
        ({**MONEY, "limit": 7}, 6, "allow"),
        ({**MONEY, "limit": 7}, 8, "deny"),
        ({**MONEY, "limit": "7 EUR"}, 6, None),
        ({**MONEY, "amount": "${ .price }"}, 6, None),
        ({**MONEY, "amount": 6}, 1, "deny"),
    ],
    ids=["more", "still too much", "another currency", "another amount", "a fixed one"],
)
def test_a_budget_with_the_same_amount_knows_what_the_step_cost(
    policy: dict[str, Any], cost: int, outcome: str | None
) -> None:
    known_ = {"amounts": {"solution/one": cost * 1_000_000}}
    assert again({"one": policy}, {"one": MONEY}, **known_) == outcome


def test_a_budget_that_is_no_longer_in_shadow_knows_what_the_step_cost() -> None:
    dark = {"one": {**MONEY, "mode": "shadow"}}
    assert again({"one": MONEY}, dark, amounts={"solution/one": 6_000_000}) == "deny"


@pytest.mark.parametrize(("held", "outcome"), [(True, "deny"), (False, "allow")])
def test_a_policy_with_the_same_condition_knows_whether_it_held(held: bool, outcome: str) -> None:
    step = mail(conditions={"solution/one": held})
    asks = {"kind": "approval", "role": "lead", "channels": ["email"], "when": BIG["when"]}
    assert again({"one": BIG}, {"one": asks}, step=step) == outcome
    other = {**asks, "when": "${ .amount > 50 }"}
    assert again({"one": BIG}, {"one": other}, step=step) is None


def test_what_would_be_masked_is_said() -> None:
    bank = {"kind": "mask", "classes": ["bank"]}
    assert again({"pii": bank}, {}, step=STEP) == "mask"
    assert again({"pii": PIN}, {"pii": PIN}, bare={"solution/pii": ("/pin#",)}) == "mask"
    assert again({}, {"pii": bank}, step=STEP) == "allow"
