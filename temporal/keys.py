"""Business keys: what an intent or an event says about which run is meant."""

from urllib.parse import unquote

from smart_city.context import ExecutionContext
from symphainy import expr
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Plan

__all__ = ["SANDBOX", "business_key", "key_of"]

SANDBOX = "sandbox"
"""Where everything is tried again and again, so that a business key names no run."""


def key_of(source: str, payload: Json) -> str:
    """The key that the expression gives of `payload`; Refused `intent.key` if that is none."""
    try:
        found = expr.evaluate(expr.compile(expr.strip(source), frozenset()), payload).value
    except expr.ExpressionError as error:
        raise Refused("intent.key", f"the key of this intent: {error.message}") from error
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise Refused("intent.key", f"`{source}` gives no key for this input: text is expected")
    return str(found)


def business_key(plan: Plan, context: ExecutionContext, input: Json) -> str:
    """The key of the run of `context`: what its id says, or in the sandbox what it began with."""
    if context.environment == SANDBOX:
        for intent in plan.intents.values():
            if intent.starts and intent.key is not None:
                try:
                    return key_of(intent.key, input)
                except Refused:
                    continue
    last = context.workflow.rpartition("/")[2]
    return unquote(last.partition("@")[0])
