"""budget: what a step costs, whether there is as much, and who may allow more."""

from typing import Any

import pytest

from smart_city.approval import Approval
from smart_city.decide import Reserved, Verdict, decide
from smart_city.layers import problems
from smart_city.money import parse, spoken
from tests.smart_city.world import LEAD, NOON, bundle, known, mail

MONEY: dict[str, Any] = {"kind": "budget", "limit": "10.00 EUR", "per": "P1D"}
ASKING = {**MONEY, "onExceed": "approval", "role": "collections-lead"}
ID = "solution/money"


def verdict(policy: dict[str, Any], *, amount: int | None = 5_000_000, **facts: Any) -> Verdict:
    amounts = {} if amount is None else {ID: amount}
    return decide(bundle(money=policy), mail(), known(amounts=amounts, **facts))


def test_what_it_costs_is_taken_from_what_there_is() -> None:
    (need,) = verdict(MONEY).reserve
    assert (need.amount, need.max, need.scope, need.forced) == (
        5_000_000,
        10_000_000,
        "solution",
        False,
    )
    assert verdict(MONEY, reservations={ID: Reserved(True)}).outcome == "allow"


@pytest.mark.parametrize(
    ("policy", "outcome", "code"),
    [
        (MONEY, "deny", "policy.budget-exceeded"),
        ({**MONEY, "onExceed": "skip"}, "skip", "policy.budget-exceeded"),
        (ASKING, "approve", "policy.approval-needed"),
    ],
)
def test_more_than_there_is_goes_as_the_policy_says(
    policy: dict[str, Any], outcome: str, code: str
) -> None:
    found = verdict(policy, reservations={ID: Reserved(False)})
    assert (found.outcome, found.code) == (outcome, code)


def test_what_a_person_allows_is_taken_although_it_is_more() -> None:
    approvals = {ID: Approval(LEAD, NOON)}
    (need,) = verdict(ASKING, approvals=approvals).reserve
    assert need.forced
    allowed = {"reservations": {ID: Reserved(True)}, "approvals": approvals}
    assert verdict(ASKING, **allowed).outcome == "allow"


def test_what_is_free_takes_nothing_and_what_nobody_knows_is_denied() -> None:
    assert verdict(MONEY, amount=0).outcome == "allow"
    assert verdict(MONEY, amount=None).code == "policy.amount-unknown"


def test_a_customer_nobody_knows_has_no_budget() -> None:
    policy = {**MONEY, "scope": "customer"}
    facts = known(amounts={ID: 1}, reservations={ID: Reserved(True)})
    found = decide(bundle(money=policy), mail(customer=None), facts)
    assert found.code == "policy.customer-unknown"


@pytest.mark.parametrize(
    ("amount", "arguments", "cost", "found"),
    [
        (None, {}, "0.0075 EUR", 7_500),
        (None, {}, "0.0075 USD", None),
        (None, {}, None, 0),
        ("${ .amount }", {"amount": 12.5}, None, 12_500_000),
        ("${ .amount }", {"amount": "3 EUR"}, None, 3_000_000),
        ("${ .amount }", {"amount": -1}, None, None),
        ("${ .amount }", {}, None, None),
        ("${ .a | error }", {"a": 1}, None, None),
        ("${ [range(1e9)] | length }", {}, None, None),
        (2, {}, None, 2_000_000),
    ],
)
def test_what_a_step_costs(
    amount: Any, arguments: Any, cost: str | None, found: int | None
) -> None:
    policy = MONEY if amount is None else {**MONEY, "amount": amount}
    (document,) = [one.document for one in bundle(money=policy).policies if one.name == "money"]
    assert document.amount(arguments, cost) == found


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"limit": "10 eur"}, "/limit"),
        ({"limit": 0}, "/limit"),
        ({"amount": "${ .a | }"}, "/amount"),
        ({"amount": "1 USD"}, ""),
        ({"role": "lead"}, ""),
        ({"onExceed": "approval"}, ""),
        ({"per": "P1M"}, "/per"),
    ],
)
def test_what_is_no_budget_is_said_where_it_is(wrong: dict[str, Any], pointer: str) -> None:
    found = problems("tenant", {"money": {**MONEY, **wrong}})
    assert [(one.code, one.pointer) for one in found] == [("policy.value", pointer)]


def test_sums_are_exact() -> None:
    assert sum(parse("0.1 EUR").micros for _ in range(10)) == parse("1.00 EUR").micros
    assert [spoken(1_500_000, "EUR"), spoken(1_500_000, None), spoken(2_000_000, None)] == [
        "1.50 EUR",
        "1.5",
        "2",
    ]
