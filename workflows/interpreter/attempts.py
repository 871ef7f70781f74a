"""The try task: which errors are caught, when it is tried again, what is done instead."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from temporalio import workflow

from symphainy.definition.error_types import canonical_error_type
from symphainy.json import Json
from symphainy.plan import Catch, Retry, Try
from temporal.suspension import Suspended
from workflows.interpreter.calls import handled
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result, Walker, walk
from workflows.interpreter.lifecycle import Lifecycle
from workflows.interpreter.scope import Scope
from workflows.interpreter.timeouts import due, milliseconds, within
from workflows.interpreter.waits import Waiter, wait_until

__all__ = ["PATIENCE", "PAUSE", "Trier", "backoff", "catches", "try_"]

PATIENCE = 10
"""Attempts that a retry without a limit makes as fast as it likes."""
PAUSE = 1_000
"""Milliseconds between all that it makes after these: a run that tries for ever costs the others on
its worker nothing that they would feel."""


class Trier(Walker, Waiter, Protocol):
    """What a try task needs of its run: to walk, to wait and to tell."""

    lifecycle: Lifecycle


@dataclass(slots=True)
class _Trial:
    """Where a try task is; this is its frame."""

    attempt: int
    since: float
    error: dict[str, Json] | None = None
    until: float | None = None
    """When the next attempt comes."""
    due: float | None = None
    """When this attempt has to be over."""


async def try_(run: Trier, task: Try, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What the block gives, or what is done about its error."""
    trial = _Trial(attempt=1, since=workflow.time())
    inner: Frame | None = None
    if frame is not None:
        trial, inner = _Trial(**frame["trial"]), frame["inner"]
    while True:
        try:
            if trial.until is not None:
                await _backoff(run, task, trial)
                run.lifecycle.task("retried", task.ref)
            if trial.error is None:
                return await _attempt(run, task, data, scope, inner, trial)
            return await _recover(run, task, data, scope, inner, trial.error)
        except Suspended as left:
            raise left.within(trial=asdict(trial)) from None
        except _Caught as caught:
            inner, trial.due = None, None
            seen = scope.later(workflow.time(), run.context)
            _after(task, caught.problem, trial, data, seen)


async def _backoff(run: Trier, task: Try, trial: _Trial) -> None:
    until = datetime.fromtimestamp(trial.until or 0, workflow.now().tzinfo)
    await wait_until(run, task, until, f"{task.name}: attempt {trial.attempt} comes")
    trial.until = None


class _Caught(Exception):
    def __init__(self, problem: dict[str, Json]) -> None:
        super().__init__()
        self.problem = problem


async def _attempt(
    run: Trier, task: Try, data: Json, scope: Scope, inner: Frame | None, trial: _Trial
) -> Result:
    limit = task.catch.retry.attempt_duration if task.catch.retry else None
    if inner is None and limit is not None:
        trial.due = due(limit, data, scope.plus(**{task.catch.as_: None}), task.ref)
    before = handled.get()
    handled.set(True)
    try:
        trying = walk(run, task.tasks, data, scope, inner)
        return await within(
            trial.due, trying, task.ref, f"attempt {trial.attempt} of `{task.name}`", inner
        )
    except Fault as fault:
        scope = scope.later(workflow.time(), run.context)
        if not catches(task.catch, fault.problem, data, scope):
            raise
        raise _Caught(fault.problem) from None
    finally:
        handled.set(before)


async def _recover(
    run: Trier,
    task: Try,
    data: Json,
    scope: Scope,
    inner: Frame | None,
    problem: dict[str, Json],
) -> Result:
    seen = scope.plus(**{task.catch.as_: problem})
    if not task.catch.tasks:
        return Result(data, task.catch.then)
    done = await walk(run, task.catch.tasks, data, seen, inner)
    return Result(done.data, task.catch.then)


def _after(task: Try, problem: dict[str, Json], trial: _Trial, data: Json, scope: Scope) -> None:
    """Set `trial` to what comes after an error that was caught: another attempt, or the rest.

    Raises the error if it was only to be tried again, and was often enough.
    """
    catch, retry = task.catch, task.catch.retry
    if retry is None:
        trial.error = problem
        return
    seen = scope.plus(**{catch.as_: problem})
    delay = _delay(retry, trial.attempt, data, seen, task.ref)
    if retry.attempts is None and retry.duration is None and trial.attempt >= PATIENCE:
        delay = max(delay, PAUSE)
    if _again(retry, trial, delay, data, seen, task.ref):
        trial.attempt += 1
        trial.until = workflow.time() + delay / 1_000
    elif catch.tasks or catch.then != "continue":
        trial.error = problem
    else:
        raise Fault(problem)


def _delay(retry: Retry, attempt: int, data: Json, scope: Scope, ref: str) -> float:
    """Milliseconds until the attempt after `attempt`."""
    first = milliseconds(retry.delay, data, scope, ref, "delay")
    jitter = 0.0
    if retry.jitter is not None:
        ends = [milliseconds(end, data, scope, ref, "jitter") for end in retry.jitter]
        jitter = workflow.random().uniform(*ends)
    return backoff(retry.backoff, first, attempt) + jitter


def _again(retry: Retry, trial: _Trial, delay: float, data: Json, scope: Scope, ref: str) -> bool:
    if retry.when is not None and not scope.test(retry.when, data):
        return False
    if retry.except_when is not None and scope.test(retry.except_when, data):
        return False
    if retry.attempts is not None and trial.attempt > retry.attempts:
        return False
    if retry.duration is None:
        return True
    spent = (workflow.time() - trial.since) * 1_000
    return spent + delay <= milliseconds(retry.duration, data, scope, ref, "limit.duration")


def backoff(kind: str, first: int, attempt: int) -> int:
    """Milliseconds to wait after the failed `attempt` (1 is the first), of a `first` delay."""
    factor = {"constant": 1, "linear": attempt, "exponential": 2 ** min(attempt - 1, 40)}
    return int(min(first * factor[kind], 365 * 86_400_000))


def catches(catch: Catch, problem: Mapping[str, Any], data: Json, scope: Scope) -> bool:
    """Whether `catch` takes an error like `problem`."""
    for member, wanted in catch.with_.items():
        found = problem.get(member)
        if member == "type" and isinstance(wanted, str) and isinstance(found, str):
            wanted, found = canonical_error_type(wanted), canonical_error_type(found)
        if scope.fill(wanted, data) != found:
            return False
    seen = scope.plus(**{catch.as_: dict(problem)})
    if catch.when is not None and not seen.test(catch.when, data):
        return False
    return catch.except_when is None or not seen.test(catch.except_when, data)
