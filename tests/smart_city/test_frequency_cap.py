"""A place under a cap is taken before the message goes."""

from datetime import timedelta
from typing import Any

import pytest

from smart_city.decide import CapNeed, Reserved, Verdict, decide
from tests.smart_city.world import CAP, NOON, bundle, known, mail

ID = "solution/enough"


def _decide(reserved: Reserved | None = None, **policy: Any) -> Verdict:
    facts = known(reservations={ID: reserved} if reserved else {})
    return decide(bundle(enough={**CAP, **policy}), mail(), facts)


def _need(step: dict[str, Any], layer: str = "solution", **policy: Any) -> CapNeed:
    verdict = decide(bundle(**{f"{layer}/enough": {**CAP, **policy}}), mail(**step), known())
    return verdict.reserve[0]


def test_without_a_reservation_the_verdict_asks_for_one() -> None:
    verdict = _decide()
    assert (verdict.outcome, verdict.code, verdict.reserve) == (
        "reserve",
        "policy.reservation-needed",
        (
            CapNeed(
                policy=ID,
                scope="customer",
                counter='["solution/enough","acme.invoice-dunning","customer","c-1"]',
                max=3,
                window=timedelta(days=7),
            ),
        ),
    )


def test_a_place_that_was_taken_lets_the_message_go() -> None:
    assert _decide(Reserved(True)).outcome == "allow"


@pytest.mark.parametrize("breach", ["skip", "deny"])
def test_no_place_skips_or_denies(breach: str) -> None:
    verdict = _decide(Reserved(False), onBreach=breach)
    assert (verdict.outcome, verdict.code, verdict.reason) == (
        breach,
        "policy.cap-reached",
        "`enough` allows 3 in 7 days to one customer, and all are used",
    )


def test_no_place_is_waited_for_until_one_is_free() -> None:
    free = NOON + timedelta(days=3)
    verdict = _decide(Reserved(False, free), onBreach="defer")
    assert (verdict.outcome, verdict.until, verdict.reason) == (
        "defer",
        free,
        "`enough` allows 3 in 7 days to one customer, and all are used,"
        " held until 14:00 on 2026-06-06",
    )


def test_nobody_waits_for_a_place_that_never_gets_free() -> None:
    assert _decide(Reserved(False), onBreach="defer").outcome == "deny"


@pytest.mark.parametrize(("breach", "outcome"), [("skip", "skip"), ("defer", "deny")])
def test_an_unknown_customer_cannot_be_counted(breach: str, outcome: str) -> None:
    capped = bundle(enough={**CAP, "onBreach": breach})
    verdict = decide(capped, mail(customer=None), known())
    assert (verdict.outcome, verdict.code) == (outcome, "policy.customer-unknown")


def test_counting_by_run_or_solution_needs_no_customer() -> None:
    counters = [_need({"customer": None}, scope=scope).counter for scope in ("run", "solution")]
    assert counters == [
        '["solution/enough","acme.invoice-dunning","run","acme/acme.invoice-dunning/7"]',
        '["solution/enough","acme.invoice-dunning","solution","acme.invoice-dunning"]',
    ]


def test_namesakes_of_two_solutions_do_not_share_a_counter_and_a_tenants_policy_does() -> None:
    elsewhere = {"solution": "acme.welcome"}
    assert _need({}).counter != _need(elsewhere).counter
    assert _need({}, "tenant").counter == _need(elsewhere, "tenant").counter


def test_all_caps_are_taken_at_once() -> None:
    both = bundle(day={**CAP, "per": "P1D"}, week=CAP)
    needs = decide(both, mail(), known()).reserve
    assert [one.policy for one in needs] == ["solution/day", "solution/week"]
    one_left = known(reservations={"day": Reserved(True)})
    assert [one.policy for one in decide(both, mail(), one_left).reserve] == ["solution/week"]
