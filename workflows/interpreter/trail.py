"""What a run tells its worker's log at debug level: which task begins, how it ends, and no data."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import workflow

from symphainy.plan import Listen, Task
from temporal.suspension import Suspended
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import End
from workflows.interpreter.lifecycle import Lifecycle

__all__ = ["told"]


@contextmanager
def told(task: Task, lifecycle: Lifecycle, *, anew: bool) -> Iterator[None]:
    """Tell the task's begin, if it begins `anew`, and its end; the log is not told on replay."""
    if anew:
        lifecycle.task("created", task.ref)
        lifecycle.task("started", task.ref)
        if _correlates(task):
            lifecycle.run("correlation-started")
        _tell(task, "begins")
    try:
        yield
    except End:
        lifecycle.task("completed", task.ref)
        _tell(task, "ends")
        raise
    except Suspended:
        raise
    except Fault as fault:
        lifecycle.task("faulted", task.ref, error=fault.problem)
        _tell(task, "faults", str(fault.problem.get("type")))
        raise
    except asyncio.CancelledError:
        lifecycle.task("cancelled", task.ref)
        _tell(task, "is cancelled")
        raise
    if _correlates(task):
        lifecycle.run("correlation-completed")
    lifecycle.task("completed", task.ref)
    _tell(task, "ends")


def _correlates(task: Task) -> bool:
    return isinstance(task, Listen) and any(one.correlate for one in task.filters)


def _tell(task: Task, what: str, error: str | None = None) -> None:
    # Asked first: it is cheap, and this is done twice for every task. A run that leaves a
    # worker's memory is unwound outside of its workflow.
    if workflow.logger.logger.isEnabledFor(logging.DEBUG) and workflow.in_workflow():
        extra = {"task": task.ref, "phase": what, "error": error}
        workflow.logger.debug("task %s %s", task.ref, what, extra=extra)
