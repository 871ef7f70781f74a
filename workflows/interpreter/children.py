"""The run task: another solution as a child of this run."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from temporalio import workflow
from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    WorkflowAlreadyStartedError,
    is_cancelled_exception,
)
from temporalio.workflow import ChildWorkflowCancellationType, ParentClosePolicy

from symphainy.invocation import Invocation
from symphainy.json import Json
from symphainy.markdown import code, plain
from symphainy.plan import Run
from temporal.addresses import run_of
from temporal.children import ChildRequest, ChildRun, Outcome, OutcomeRequest
from temporal.events import problem_of
from temporal.gate import Gate, Skipped
from temporal.suspension import Suspended
from workflows.interpreter.bounds import bounded
from workflows.interpreter.calls import Caller, conditions
from workflows.interpreter.faults import Fault, from_failure
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.forsaken import cancelled
from workflows.interpreter.scope import Scope
from workflows.interpreter.waits import wait_until

__all__ = ["Parent", "child"]

T = TypeVar("T")
MOST = 1_000
"""Children that one history starts. Temporal takes 2,000 that are under way; one more, and the
run's workflow task fails for ever."""
PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=30)
"""Between two questions after a child that an earlier history started."""


class Parent(Caller, Protocol):
    """What a run task needs of its run."""

    gate: Gate
    starts: int
    """How many children this history has started."""


async def child(run: Parent, task: Run, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What the child gave; the data, if nobody waits for it.

    Temporal applies the parent close policy of a child when its parent continues as new, so
    children are abandoned ones: cancelled by hand when their parent is, and asked after by the
    history that comes next.
    """
    key = frame["key"] if frame is not None else run.instance(task.ref)
    begun: Mapping[str, Any] | None = frame["child"] if frame is not None else None
    try:
        if begun is not None:
            given = await _rejoined(run, task, begun)
        else:
            skipped = await _passed(run, task, scope, key)
            if skipped is not None:
                return Result(skipped)
            given = await _started(run, task, scope.fill(task.given, data), key)
    except Suspended as left:
        raise Suspended({"key": key, "child": left.frame}) from None
    if not task.await_:
        return Result(data)
    return Result(None if task.silent else given)


async def _passed(run: Parent, task: Run, scope: Scope, key: str) -> Json:
    """None once policy lets the child be started, or what stands in for it."""
    asked = Invocation(
        step=task.ref,
        key=key,
        arguments=None,
        task=task.name,
        capability="run.workflow",
        effect="write",
        conditions=conditions(run, scope),
    )
    try:
        passed = await run.gate.passes(asked)
    except (ActivityError, ApplicationError) as error:
        if is_cancelled_exception(error):
            raise
        raise from_failure(error, task.ref) from error
    if isinstance(passed, Skipped):
        return {"state": "skipped", "policy": passed.policy, "reason": passed.reason}
    return None


async def _started(run: Parent, task: Run, given: Json, key: str) -> Json:
    if run.starts == MOST:
        # Those of earlier histories do not count.
        run.suspension.wanted = True
        run.suspension.check()
    run.starts += 1
    admitted = await _admitted(run, task, bounded(given, "the input of a child", task.ref), key)
    run.gate.children[admitted.workflow] = admitted.sealed
    try:
        handle = await workflow.start_child_workflow(
            admitted.solution,
            {"input": given},
            id=admitted.workflow,
            cancellation_type=ChildWorkflowCancellationType.WAIT_CANCELLATION_REQUESTED,
            parent_close_policy=ParentClosePolicy.ABANDON,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            memo=admitted.memo,
            search_attributes=admitted.search(),
            static_summary=plain(admitted.title),
            static_details=f"`{admitted.solution}` {admitted.version}, child at {code(task.ref)}",
            priority=Priority(fairness_key=run.gate.context.tenant[:64]),
        )
    except WorkflowAlreadyStartedError as error:
        detail = f"run {run_of(admitted.workflow)!r} is there already"
        raise Fault.of(
            "runtime", detail, instance=task.ref, code="run.child-exists", status=409
        ) from error
    if not task.await_:
        return None
    return await _joined(run, task, handle)


async def _admitted(run: Parent, task: Run, given: Json, key: str) -> ChildRun:
    request = ChildRequest(solution=task.solution, version=task.version, input=given, key=key)
    return await _asked("gate.child", request, ChildRun, task)


async def _joined(run: Parent, task: Run, handle: workflow.ChildWorkflowHandle[Any, Any]) -> Json:
    """What the child gives; Suspended, with where it is found, if the run goes on elsewhere."""
    run.narrator.tell(task.ref, f"waits for run `{run_of(handle.id)}`")
    leaving = asyncio.create_task(workflow.wait_condition(lambda: run.suspension.wanted))
    try:
        await workflow.wait([handle, leaving], return_when=asyncio.FIRST_COMPLETED)
        if handle.done():
            given: Json = handle.result()
            return given
    except asyncio.CancelledError:
        handle.cancel()
        await asyncio.gather(handle, return_exceptions=True)
        raise
    except ChildWorkflowError as error:
        raise _fault(error.cause, task, handle.id) from error
    finally:
        leaving.cancel()
        run.narrator.done(task.ref)
    raise Suspended({"workflow": handle.id, "run": handle.first_execution_run_id})


async def _rejoined(run: Parent, task: Run, begun: Mapping[str, Any]) -> Json:
    """What a child gives that an earlier history started."""
    request, pause = OutcomeRequest(workflow=begun["workflow"], run=begun["run"]), PAUSE
    try:
        while not (found := await _asked("gate.outcome", request, Outcome, task)).over:
            summary = f"{task.name}: asks after run {run_of(request.workflow)}"
            await wait_until(run, task, workflow.now() + pause, summary)
            pause = min(pause * 2, LONGEST_PAUSE)
    except Suspended:
        raise Suspended({**begun}) from None
    except (asyncio.CancelledError, ActivityError):
        # A run that leaves a worker's memory is unwound outside of its workflow.
        if workflow.in_workflow():
            await cancelled(request.workflow)
        raise
    if found.problem is not None:
        raise _of_child(found.problem, task, request.workflow)
    return found.output


async def _asked(activity: str, request: Any, gives: type[T], task: Run) -> T:
    try:
        found: T = await workflow.execute_local_activity(
            activity,
            request,
            result_type=gives,
            start_to_close_timeout=timedelta(seconds=15),
            summary=task.ref,
        )
    except (ActivityError, ApplicationError) as error:
        if is_cancelled_exception(error):
            raise
        raise from_failure(error, task.ref) from error
    return found


def _fault(cause: BaseException | None, task: Run, workflow_id: str) -> Fault:
    problem = problem_of(cause) if isinstance(cause, ApplicationError) else {}
    return _of_child(problem, task, workflow_id)


def _of_child(problem: Mapping[str, Json], task: Run, workflow_id: str) -> Fault:
    """The child's error as this run's: raised here, and saying where it came from."""
    run = run_of(workflow_id)
    if not problem:
        detail = f"run {run!r} was cancelled or terminated"
        return Fault.of("runtime", detail, instance=task.ref, code="run.child-ended", run=run)
    if "type" not in problem:
        detail = str(problem.get("detail") or "the child failed")
        code = str(problem.get("code") or "run.failed")
        return Fault.of("runtime", detail, instance=task.ref, code=code, run=run)
    origin: dict[str, Json] = {"run": run, "instance": problem.get("instance")}
    return Fault({**problem, "instance": task.ref, "origin": origin})
