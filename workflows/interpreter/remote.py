"""Calls over the protocols that are not plain HTTP, and what is done for each message of one."""

from dataclasses import asdict, dataclass, field
from typing import Protocol

from temporalio import workflow

from symphainy.json import Json
from symphainy.plan import Remote
from temporal.suspension import Suspended
from workflows.interpreter.calls import Caller, invocation, start
from workflows.interpreter.each import go_through
from workflows.interpreter.flow import Frame, Result, Walker
from workflows.interpreter.scope import Scope
from workflows.interpreter.timeouts import milliseconds

__all__ = ["remote"]

SHORTEST, MARGIN = 0.001, 5.0
"""Seconds: of a call, and between what it may take and the end of its activity."""


class Consumer(Caller, Walker, Protocol):
    """What a remote call needs of the run."""


@dataclass
class _Tally:
    """How far a subscription is; with the position inside, this is its frame."""

    until: float
    """When it ends, in seconds since 1970."""
    waiting: list[Json] = field(default_factory=list)
    """Messages that came, the first of them being gone through."""
    gathered: list[Json] = field(default_factory=list)
    over: bool = False


async def remote(
    run: Consumer, task: Remote, data: Json, scope: Scope, frame: Frame | None
) -> Result:
    """What the other side answered, or what came of each message."""
    if task.each is not None:
        return await _subscribed(run, task, data, scope, frame)
    arguments = _filled(task, data, scope)
    return Result(await _call(run, task, arguments, data, scope, frame))


async def _call(
    run: Consumer, task: Remote, arguments: Json, data: Json, scope: Scope, frame: Frame | None
) -> Json:
    key = frame["key"] if frame is not None else run.instance(task.ref)
    asked = invocation(run, task, arguments, scope, key, data)
    try:
        return await start(task.activity, asked, "platform", task.timeout_seconds)
    except Suspended:
        raise Suspended({"key": key}) from None


async def _subscribed(
    run: Consumer, task: Remote, data: Json, scope: Scope, frame: Frame | None
) -> Result:
    if frame is not None:
        tally, inner = _Tally(**frame["tally"]), frame["inner"]
    else:
        tally, inner = _Tally(workflow.time() + _seconds(_filled(task, data, scope))), None
    try:
        while not (tally.over and not tally.waiting):
            if tally.waiting:
                await _next(run, task, tally, scope, inner)
            else:
                tally.waiting = await _messages(run, task, tally, data, scope, inner)
            inner = None
    except Suspended as left:
        raise left.within(tally=asdict(tally)) from None
    return Result(tally.gathered)


async def _next(
    run: Consumer, task: Remote, tally: _Tally, scope: Scope, inner: Frame | None
) -> None:
    """Go through the first message that waits."""
    assert task.each is not None  # noqa: S101 - asked before
    item, at = tally.waiting[0], len(tally.gathered)
    tally.gathered.append(await go_through(run, task.each, item, at, scope, inner))
    del tally.waiting[0]
    here = scope.plus(context=run.context)
    if task.until is not None and here.test(task.until, [*tally.gathered]):
        tally.over = True
    if task.while_ is not None and not here.test(task.while_, [*tally.gathered]):
        tally.over = True


async def _messages(
    run: Consumer, task: Remote, tally: _Tally, data: Json, scope: Scope, frame: Frame | None
) -> list[Json]:
    """The messages that come next: one where each decides about the next, else all of them."""
    arguments = _filled(task, data, scope)
    stepwise = task.until is not None or task.while_ is not None
    if stepwise and isinstance(arguments, dict):
        left = max(tally.until - workflow.time(), 0.0)
        about = arguments["subscription"]
        narrowed = {**(about if isinstance(about, dict) else {}), "amount": 1, "seconds": left}
        arguments = {**arguments, "subscription": narrowed}
    given = await _call(run, task, arguments, data, scope, frame)
    found = given if isinstance(given, list) else []
    tally.over = not stepwise or not found
    return found


def _filled(task: Remote, data: Json, scope: Scope) -> Json:
    """What the activity is asked, with how long it may take if that is computed."""
    arguments = scope.fill(task.arguments, data)
    if task.limit is None or not isinstance(arguments, dict):
        return arguments
    seconds = milliseconds(task.limit, data, scope, task.ref, "timeout") / 1000
    longest = task.timeout_seconds - MARGIN
    within: dict[str, Json] = {"seconds": min(max(seconds, SHORTEST), longest)}
    about = arguments.get("subscription")
    if isinstance(about, dict):
        return {**arguments, "subscription": {**about, **within}}
    return {**arguments, **within}


def _seconds(arguments: Json) -> float:
    about = arguments.get("subscription") if isinstance(arguments, dict) else None
    seconds = about.get("seconds") if isinstance(about, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else 0.0
