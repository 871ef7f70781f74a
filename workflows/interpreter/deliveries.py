"""One message of a step: sent, asked about, and sent another way where that is safe."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from temporalio import workflow
from temporalio.common import RetryPolicy

from smart_city.approval import ApprovalNeed
from symphainy.delivery.expiry import expiry
from symphainy.invocation import Invocation
from symphainy.json import Json
from symphainy.plan import Call, Experience
from temporal.gate import Gate
from temporal.gate.request import need_id
from temporal.suspension import Suspended
from workflows.interpreter.calls import BRIEFLY, Caller, call, handled, invocation, start
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope
from workflows.interpreter.waits import wait_until

__all__ = ["deliver", "resend"]

RECONCILIATIONS = 5
SERVERS = frozenset({"api", "webhook"})
"""Channels whose adapters say when to try again, by a schedule of days."""
AT_ONCE = replace(BRIEFLY, maximum_attempts=3)
"""About five minutes by that schedule."""
UNSURE = frozenset({"unknown", "reconciling"})
DOUBT = UNSURE | {"unresolved"}
UNBEGUN = frozenset({"planned", "reserved", "held", "retryable"})
"""Nothing of it is on the wire: it has still to be sent. It is found `held` where the run went on
in another history while it waited for its turn."""
UNSENT = frozenset(
    {
        "delivery.credentials",
        "delivery.endpoint-gone",
        "delivery.exhausted",
        "delivery.invalid",
        "delivery.not-sent",
    }
)
"""The binding or its provider did not send; another may."""
SUPPRESSED = "delivery.suppressed"
REFUSED = frozenset({"delivery.no-address", "delivery.rejected", SUPPRESSED})
"""The message or the address was refused, which only another channel can mend."""


class Deliverer(Caller, Protocol):
    """What a delivery needs of the run."""

    gate: Gate


@dataclass
class Standing:
    """How far the delivery has come; also its frame."""

    key: str
    given: Json = None
    """What became of it as far as is known, once it was begun."""
    way: int = 0
    instead: str | None = None
    """The key of the delivery before, that certainly was not sent."""
    expires: str | None = None
    """When the message is not worth sending any more."""
    doubts: int = 0
    """How many questions people have answered about it."""


@dataclass(frozen=True, slots=True)
class Way:
    """An experience that the message can go by."""

    name: str
    bound: Experience
    asked: Invocation
    last: bool


async def deliver(
    run: Deliverer, task: Call, data: Json, scope: Scope, frame: Frame | None
) -> Result:
    """What became of the message, or what a call that sends none gives.

    The frame keeps the step instance and the way it goes: what was held, asked or sent before
    continue-as-new is the same step after it.
    """
    if task.experience is None:
        return await call(run, task, data, scope, frame)
    at = Standing(**frame) if frame is not None else Standing(key=run.instance(task.ref))
    arguments = scope.fill(task.arguments, data)
    if frame is None:
        at.expires = _expires(run, task, arguments)
    asked = invocation(run, task, arguments, scope, at.key, data)
    return await _delivered(run, task, asked, at)


async def resend(
    run: Deliverer, wish: Mapping[str, Any], scope: Scope, frame: Frame | None
) -> Result:
    """What became of a message that another run sent, sent once more: what it is called with, by
    the experience it went by. The frame is that of `deliver`."""
    task = run.plan.task(wish["step"])
    if not isinstance(task, Call) or task.experience is None:
        raise Fault.of("validation", "the step sends no message", instance=wish["step"])
    # Its secrets are as they were filled in; here is nothing to fill them in with.
    task, arguments = task.model_copy(update={"secrets": {}}), wish["with"]
    at = Standing(**frame) if frame is not None else Standing(key=run.instance(task.ref))
    if frame is None:
        ways = _ways(run, task)
        if wish["experience"] not in ways:
            raise Fault.of("validation", "the step does not go that way", instance=wish["step"])
        at.way = ways.index(wish["experience"])
        at.expires = _expires(run, task, arguments)
    asked = invocation(run, task, arguments, scope, at.key)
    asked = replace(asked, secrets=wish.get("secrets", {}))
    return await _delivered(run, task, asked, at)


async def _delivered(run: Deliverer, task: Call, asked: Invocation, at: Standing) -> Result:
    """What became of the message, by the first of its ways that it can go by."""
    names = _ways(run, task)
    asked = replace(asked, expires=at.expires) if at.expires else asked
    while True:
        way = _way(run, names, asked, at)
        try:
            if at.given is None:
                at.given = await _begun(run, task, way)
            known = await _known(run, task, way, at)
            left = _is(known, {"suppressed"})
            following = _following(run, names, at.way, SUPPRESSED) if left else None
            if following is None:
                return Result(known)
            at.instead, at.given, at.way = way.asked.key, None, following
        except Suspended:
            raise Suspended(asdict(at)) from None
        except Fault as fault:
            following = _following(run, names, at.way, fault.problem.get("code"))
            if following is None:
                raise
            # Without an address no delivery was begun that the next could stand for.
            if fault.problem.get("code") != "delivery.no-address":
                at.instead = way.asked.key
            at.given, at.way = None, following


def _expires(run: Deliverer, task: Call, arguments: Json) -> str | None:
    """When the message is not worth sending any more, counted from now."""
    seconds = run.plan.experiences[task.experience or ""].expires
    written = arguments.get("expires") if isinstance(arguments, dict) else None
    if written is None:
        later = None if seconds is None else workflow.now() + timedelta(seconds=seconds)
        return later.isoformat() if later else None
    try:
        return expiry(written, workflow.now()).isoformat()
    except ValueError as error:
        code = "delivery.arguments"
        raise Fault.of("validation", str(error), instance=task.ref, code=code) from error


def _ways(run: Caller, task: Call) -> tuple[str, ...]:
    first = task.experience or ""
    return (first, *run.plan.experiences[first].fallback)


def _way(run: Caller, names: Sequence[str], asked: Invocation, at: Standing) -> Way:
    bound = run.plan.experiences[names[at.way]]
    if at.way > 0:
        asked = asked.another_way(names[at.way], bound, at.instead)
    return Way(names[at.way], bound, asked, at.way == len(names) - 1)


def _following(run: Caller, names: Sequence[str], at: int, code: Json) -> int | None:
    """The next way after a failure that proves that nothing was sent."""
    here = run.plan.experiences[names[at]].channel
    for i in range(at + 1, len(names)):
        other = run.plan.experiences[names[i]].channel != here
        if code in UNSENT or (code in REFUSED and other):
            return i
    return None


async def _begun(run: Deliverer, task: Call, way: Way) -> Json:
    """What became of it once it is its turn."""
    while True:
        given = await _asked(task, way)
        if not isinstance(given, dict) or given.get("state") != "held":
            return given
        until = datetime.fromisoformat(str(given.get("until")))
        await wait_until(run, task, until, f"{task.name}: {given.get('reason')}")


def _attempts(way: Way) -> RetryPolicy | None:
    """A provider that stays away is not waited for as long where something else can be done."""
    if way.last and not handled.get():
        return None
    return AT_ONCE if way.bound.channel in SERVERS else BRIEFLY


async def _asked(task: Call, way: Way) -> Json:
    attempts = _attempts(way)
    activity, queue = f"experience.{way.bound.channel}", way.bound.queue
    return await start(activity, way.asked, queue, task.timeout_seconds, attempts)


async def _known(run: Deliverer, task: Call, way: Way, at: Standing) -> Json:
    """The delivery's state once somebody knows it; `unknown` if nobody can tell or be asked."""
    while True:
        at.given = await _reconciled(run, task, way, at.given)
        if way.bound.on_unknown != "human" or not _is(at.given, DOUBT):
            return at.given
        if not way.bound.finds:
            # The provider may still tell by itself.
            until = workflow.now() + timedelta(seconds=way.bound.reconcile_seconds)
            await wait_until(run, task, until, f"{task.name}: a person is asked then")
        found = await _resolved(run, task, way, at)
        at.given = await _begun(run, task, way) if _is(found, UNBEGUN) else found


async def _resolved(run: Deliverer, task: Call, way: Way, at: Standing) -> Json:
    """What a person found out about the delivery, or what the ledger knows meanwhile."""
    question = f"experience/{way.name}/{at.doubts}"
    id = need_id(run.gate.context, way.asked.key, question)
    people = ApprovalNeed(policy=question, role="operator", also=("admin",))
    run.gate.expect(id, people)
    queue, seconds = way.bound.queue, task.timeout_seconds
    asked = replace(way.asked, doubt={"question": question})
    doubt = await start("experience.doubt", asked, queue, seconds)
    if not isinstance(doubt, dict) or doubt.get("state") != "unresolved":
        return doubt
    answer = await run.gate.asks(way.asked, id, people, f"{way.name} may have sent it, or not")
    sent, by = answer.granted is True, answer.by.id if answer.by else None
    asked = replace(way.asked, doubt={"question": question, "sent": sent, "by": by})
    found = await start("experience.resolve", asked, queue, seconds)
    at.doubts += 1
    return found


def _is(given: Json, states: Collection[str]) -> bool:
    return isinstance(given, dict) and given.get("state") in states


async def _reconciled(run: Deliverer, task: Call, way: Way, given: Json) -> Json:
    """The delivery's state once the ledger knows it; `unknown` if nobody can tell."""
    bound = way.bound
    for _ in range(RECONCILIATIONS):
        if not _is(given, UNSURE) or not (bound.finds or bound.on_unknown == "resend"):
            break
        until = workflow.now() + timedelta(seconds=bound.reconcile_seconds)
        await wait_until(run, task, until, f"{task.name}: the provider is asked again")
        again = await start("experience.reconcile", way.asked, bound.queue, task.timeout_seconds)
        if _is(again, UNBEGUN):
            again = await _begun(run, task, way)
        given = again if isinstance(again, dict) else given
    return given
