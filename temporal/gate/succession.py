"""Another version that a run goes over to, as a context signed for it says."""

from collections.abc import Callable
from dataclasses import dataclass

from smart_city.context import ExecutionContext
from symphainy.errors import Refused
from symphainy.plan import Plan

__all__ = ["Inherits", "Successor", "inheriting", "succeeding"]


@dataclass(frozen=True, slots=True)
class Successor:
    """The run's context on another version, and the plan of that."""

    token: bytes
    plan: Plan


Inherits = Callable[[bytes], Successor]
"""What a token says. Refused: context.forged, context.misplaced and the like."""


def succeeding(context: ExecutionContext, plan: Plan, *, issued: int) -> ExecutionContext:
    """The same run's context on the version of `plan`; all else is as it was."""
    told = {
        "version": plan.version,
        "plan": plan.digest,
        "issued": issued,
        "moved": True,
        "kid": "",
    }
    return context.model_copy(update=told)


def inheriting(
    context: ExecutionContext,
    verified: Callable[[bytes], ExecutionContext],
    plan_of: Callable[[str], Plan],
) -> Inherits:
    """Believes in tokens for the run of `context` on another version of the same solution."""

    def inherits(token: bytes) -> Successor:
        told = verified(token)
        plan = plan_of(told.plan)
        meant = succeeding(context, plan, issued=told.issued)
        if told.model_copy(update={"kid": ""}) != meant or plan.solution != context.solution:
            raise Refused("context.misplaced", "the context is of another run than this one")
        return Successor(token, plan)

    return inherits
