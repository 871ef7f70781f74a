"""One message of a step: sent, asked about, and sent another way where that is safe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

from symphainy.invocation import Invocation
from symphainy.json import Json
from symphainy.plan import Call, Experience
from temporal.suspension import Suspended
from workflows.interpreter.calls import ATTEMPTS, BRIEFLY, Caller, call, invocation, start
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope
from workflows.interpreter.waits import wait_until

__all__ = ["deliver"]

RECONCILIATIONS = 5
UNSURE = frozenset({"unknown", "reconciling"})
UNSENT = frozenset({"delivery.credentials", "delivery.invalid", "delivery.not-sent"})
"""The binding or its provider did not send; another may."""
REFUSED = frozenset({"delivery.no-address", "delivery.rejected"})
"""The message or the address was refused, which only another channel can mend."""


@dataclass(frozen=True, slots=True)
class Way:
    """An experience that the message can go by."""

    name: str
    bound: Experience
    asked: Invocation
    last: bool


async def deliver(run: Caller, task: Call, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What became of the message, or what a call that sends none gives.

    The frame keeps the step instance and the way it goes: what was held, asked or sent before
    continue-as-new is the same step after it.
    """
    if task.experience is None:
        return await call(run, task, data, scope, frame)
    key = frame["key"] if frame is not None else run.instance(task.ref)
    given: Json = frame["given"] if frame is not None else None
    at: int = frame["way"] if frame is not None else 0
    instead: str | None = frame["instead"] if frame is not None else None
    arguments = scope.fill(task.arguments, data)
    names = (task.experience, *run.plan.experiences[task.experience].fallback)
    while True:
        way = _way(
            run, task, names, at, invocation(run, task, arguments, scope, key, data), instead
        )
        try:
            if given is None:
                given = await _begun(task, way)
            return Result(await _reconciled(run, task, way, given))
        except Suspended:
            raise Suspended({"key": key, "given": given, "way": at, "instead": instead}) from None
        except Fault as fault:
            following = _following(run, names, at, fault.problem.get("code"))
            if following is None:
                raise
            # Without an address no delivery was begun that the next could stand for.
            if fault.problem.get("code") != "delivery.no-address":
                instead = way.asked.key
            given, at = None, following


def _way(
    run: Caller,
    task: Call,
    names: Sequence[str],
    at: int,
    asked: Invocation,
    instead: str | None,
) -> Way:
    bound = run.plan.experiences[names[at]]
    if at > 0:
        asked = asked.another_way(names[at], bound, instead)
    return Way(names[at], bound, asked, at == len(names) - 1)


def _following(run: Caller, names: Sequence[str], at: int, code: Json) -> int | None:
    """The next way after a failure that proves that nothing was sent."""
    here = run.plan.experiences[names[at]].channel
    for i in range(at + 1, len(names)):
        other = run.plan.experiences[names[i]].channel != here
        if code in UNSENT or (code in REFUSED and other):
            return i
    return None


async def _begun(task: Call, way: Way) -> Json:
    # A provider that stays away is not waited for as long where there is another.
    attempts = ATTEMPTS if way.last else BRIEFLY
    activity, queue = f"experience.{way.bound.channel}", way.bound.queue
    return await start(activity, way.asked, queue, task.timeout_seconds, attempts)


async def _reconciled(run: Caller, task: Call, way: Way, given: Json) -> Json:
    """The delivery's state once the ledger knows it; `unknown` if nobody can tell."""
    bound = way.bound
    for _ in range(RECONCILIATIONS):
        if not isinstance(given, dict) or given.get("state") not in UNSURE:
            break
        if not (bound.finds or bound.on_unknown == "resend"):
            break
        until = workflow.now() + timedelta(seconds=bound.reconcile_seconds)
        await wait_until(run, task, until, f"{task.name}: the provider is asked again")
        again = await start("experience.reconcile", way.asked, bound.queue, task.timeout_seconds)
        if isinstance(again, dict) and again.get("state") == "retryable":
            again = await _begun(task, way)
        given = again if isinstance(again, dict) else given
    return given
