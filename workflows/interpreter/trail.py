"""What a run tells its worker's log at debug level: which task begins, how it ends, and no data."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import workflow

from symphainy.plan import Task
from temporal.suspension import Suspended
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import End

__all__ = ["told"]


@contextmanager
def told(task: Task, *, anew: bool) -> Iterator[None]:
    """Tell the task's begin, if it begins `anew`, and its end. Nothing is told on replay."""
    if anew:
        _tell(task, "begins")
    try:
        yield
    except End:
        _tell(task, "ends")
        raise
    except Suspended:
        raise
    except Fault as fault:
        _tell(task, "faults", str(fault.problem.get("type")))
        raise
    except asyncio.CancelledError:
        _tell(task, "is cancelled")
        raise
    _tell(task, "ends")


def _tell(task: Task, what: str, error: str | None = None) -> None:
    # A run that leaves a worker's memory is unwound outside of its workflow.
    if workflow.in_workflow():
        extra = {"task": task.ref, "phase": what, "error": error}
        workflow.logger.debug("task %s %s", task.ref, what, extra=extra)
