"""The built-in scorecards: sensible to start from, and to be replaced by one's own."""

from collections.abc import Mapping
from types import MappingProxyType

from activities.insights.scorecard import Band, Number, Operator, Rule, Scorecard
from symphainy.json import Json

__all__ = ["MODELS"]


def _rule(feature: str, op: Operator, value: Json, points: Number, reason: str) -> Rule:
    return Rule(feature=feature, op=op, value=value, points=points, reason=reason)


PAYMENT_RISK = Scorecard(
    base=20,
    rules=[
        _rule("daysOverdue", "gt", 14, 10, "more than two weeks overdue"),
        _rule("daysOverdue", "gt", 30, 10, "more than a month overdue"),
        _rule("daysOverdue", "gt", 60, 10, "more than two months overdue"),
        _rule("latePayments", "ge", 1, 5, "has paid late within a year"),
        _rule("latePayments", "ge", 3, 10, "has paid late three times or more within a year"),
        _rule("brokenPromises", "ge", 1, 15, "has broken a promise to pay"),
        _rule("openAmount", "gt", 10_000, 10, "owes more than 10,000"),
        _rule("openDispute", "eq", True, 5, "disputes an invoice"),
        _rule("monthsAsCustomer", "lt", 6, 5, "a customer for less than half a year"),
        _rule("monthsAsCustomer", "ge", 36, -10, "a customer for three years or longer"),
        _rule("directDebit", "eq", True, -10, "pays by direct debit"),
    ],
    bands=[
        Band(start=0, label="low"),
        Band(start=40, label="medium"),
        Band(start=70, label="high"),
    ],
)
"""How likely an open invoice stays unpaid, from 0 to 100; more is worse."""

LEAD_FIT = Scorecard(
    base=10,
    rules=[
        _rule("employees", "ge", 50, 15, "50 employees or more"),
        _rule("employees", "ge", 200, 10, "200 employees or more"),
        _rule("targetIndustry", "eq", True, 15, "of an industry we serve"),
        _rule("decisionMaker", "eq", True, 15, "decides or prepares the decision"),
        _rule("budget", "exists", True, 10, "has named a budget"),
        _rule("visits", "ge", 3, 5, "visited three times or more in 30 days"),
        _rule("visits", "ge", 10, 5, "visited ten times or more in 30 days"),
        _rule("demoRequested", "eq", True, 15, "asked for a demonstration"),
        _rule("privateAddress", "eq", True, -10, "wrote from a private mail address"),
    ],
    bands=[
        Band(start=0, label="cold"),
        Band(start=35, label="warm"),
        Band(start=65, label="hot"),
    ],
)
"""How well a lead fits and how keen it is, from 0 to 100; more is better."""

MODELS: Mapping[str, Scorecard] = MappingProxyType(
    {"payment-risk": PAYMENT_RISK, "lead-fit": LEAD_FIT}
)
