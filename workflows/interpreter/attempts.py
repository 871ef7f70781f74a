"""The try task: which errors are caught, when it is tried again, what is done instead."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from temporalio import workflow

from symphainy.definition.error_types import canonical_error_type
from symphainy.json import Json
from symphainy.plan import Catch, Retry, Try
from temporal.suspension import Suspended
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result, Walker, walk
from workflows.interpreter.scope import Scope
from workflows.interpreter.waits import Waiter, wait_until

__all__ = ["Trier", "backoff", "catches", "try_"]


class Trier(Walker, Waiter, Protocol):
    """What a try task needs of its run: to walk and to wait."""


@dataclass(slots=True)
class _Trial:
    """Where a try task is; this is its frame."""

    attempt: int
    since: float
    error: dict[str, Json] | None = None
    until: float | None = None


async def try_(run: Trier, task: Try, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What the block gives, or what is done about its error."""
    trial = _Trial(attempt=1, since=workflow.now().timestamp())
    inner: Frame | None = None
    if frame is not None:
        trial, inner = _Trial(**frame["trial"]), frame["inner"]
    while True:
        try:
            if trial.until is not None:
                await _backoff(run, task, trial)
            if trial.error is None:
                return await _attempt(run, task, data, scope, inner, trial)
            return await _recover(run, task, data, scope, inner, trial.error)
        except Suspended as left:
            raise left.within(trial=asdict(trial)) from None
        except _Caught as caught:
            inner = None
            _after(task.catch, caught.problem, trial, data, scope)


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
    try:
        return await walk(run, task.tasks, data, scope, inner)
    except Fault as fault:
        if not catches(task.catch, fault.problem, data, scope):
            raise
        raise _Caught(fault.problem) from None


async def _recover(
    run: Trier,
    task: Try,
    data: Json,
    scope: Scope,
    inner: Frame | None,
    problem: dict[str, Json],
) -> Result:
    within = scope.plus(**{task.catch.as_: problem})
    if not task.catch.tasks:
        return Result(data, task.catch.then)
    done = await walk(run, task.catch.tasks, data, within, inner)
    return Result(done.data, task.catch.then)


def _after(catch: Catch, problem: dict[str, Json], trial: _Trial, data: Json, scope: Scope) -> None:
    """Set `trial` to what comes after an error that was caught: another attempt, or the rest."""
    retry = catch.retry
    if retry is None or not _again(catch, retry, problem, trial, data, scope):
        trial.error = problem
        return
    jitter = workflow.random().uniform(*retry.jitter) if retry.jitter else 0.0
    delay = timedelta(milliseconds=backoff(retry, trial.attempt) + jitter)
    trial.attempt += 1
    trial.until = (workflow.now() + delay).timestamp()


def _again(
    catch: Catch,
    retry: Retry,
    problem: dict[str, Json],
    trial: _Trial,
    data: Json,
    scope: Scope,
) -> bool:
    within = scope.plus(**{catch.as_: problem})
    if retry.when is not None and not within.test(retry.when, data):
        return False
    if retry.except_when is not None and within.test(retry.except_when, data):
        return False
    if retry.attempts is not None and trial.attempt > retry.attempts:
        return False
    spent = (workflow.now().timestamp() - trial.since) * 1_000
    return retry.duration is None or spent + backoff(retry, trial.attempt) <= retry.duration


def backoff(retry: Retry, attempt: int) -> int:
    """Milliseconds to wait after the failed `attempt` (1 is the first)."""
    factor = {"constant": 1, "linear": attempt, "exponential": 2 ** min(attempt - 1, 40)}
    return int(min(retry.delay * factor[retry.backoff], 365 * 86_400_000))


def catches(catch: Catch, problem: Mapping[str, Any], data: Json, scope: Scope) -> bool:
    """Whether `catch` takes an error like `problem`."""
    for member, wanted in catch.with_.items():
        found = problem.get(member)
        if member == "type" and isinstance(wanted, str) and isinstance(found, str):
            wanted, found = canonical_error_type(wanted), canonical_error_type(found)
        if scope.fill(wanted, data) != found:
            return False
    within = scope.plus(**{catch.as_: dict(problem)})
    if catch.when is not None and not within.test(catch.when, data):
        return False
    return catch.except_when is None or not within.test(catch.except_when, data)
