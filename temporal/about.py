"""Whom a run is about: what it is found by, and what it is sealed with."""

from public_works import Stores
from smart_city.context import ExecutionContext
from symphainy import expr
from symphainy.intent import Intent
from symphainy.plan import Plan

__all__ = ["LONGEST", "customer_of", "inherit", "searchable"]

LONGEST = 200
"""Characters of a customer's id that a run is found by."""


def customer_of(plan: Plan, intent: Intent) -> str | None:
    """The customer that the run of `intent` is about, as its solution says."""
    wanted = plan.intents.get(intent.name)
    if wanted is None or wanted.customer is None:
        return None
    program = expr.compile(expr.strip(wanted.customer), frozenset())
    try:
        found = expr.evaluate(program, intent.payload).value
    except expr.ExpressionError:
        return None
    return found[:LONGEST] if isinstance(found, str) and found else None


def searchable(customer: str | None) -> str | None:
    """The customer's id, for search; an address is personal data and is left out."""
    return customer if customer is not None and "@" not in customer else None


def inherit(stores: Stores, parent: ExecutionContext, run: str, customer: str | None) -> None:
    """Let a child be sealed with a key of its own if its parent is, and both are about the same.

    What it gives back stands in the parent's history, which has to stay readable for as long.
    """
    about = stores.run_keys.customer(parent.tenant, parent.workflow)
    if about is not None and customer in (None, about):
        stores.run_keys.make(parent.tenant, run, about)
