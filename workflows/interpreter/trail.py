"""What a run tells its worker's log at debug level: which task begins, how it ends, and no data."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from temporalio import workflow

from symphainy.plan import Listen, Task
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import End
from workflows.interpreter.lifecycle import Lifecycle

__all__ = ["Telling", "correlating"]

NOT_BEGUN, BEGUN, OVER = range(3)


class Telling:
    """Tells a task's begin and its end, each once, whichever of the tasks around it see to it.

    A fault of what is around a task, such as a schema or a timeout, is a fault of the task. One
    that an extension stands in for, or that policy leaves out, neither begins nor ends.
    """

    __slots__ = ("_lifecycle", "_task", "state")

    def __init__(self, task: Task, lifecycle: Lifecycle, state: int = NOT_BEGUN) -> None:
        self._task, self._lifecycle = task, lifecycle
        self.state = state
        """How much was told, in a frame too."""

    def begin(self) -> None:
        """The task begins, unless it had."""
        if self.state == NOT_BEGUN:
            self.state = BEGUN
            self._lifecycle.task("created", self._task.ref)
            self._lifecycle.task("started", self._task.ref)
            _tell(self._task, "begins")

    def end(self) -> None:
        """The task is done, if it had begun."""
        if self.state == BEGUN:
            self.state = OVER
            self._lifecycle.task("completed", self._task.ref)
            _tell(self._task, "ends")

    def __enter__(self) -> "Telling":
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, End):
            self.end()
        elif isinstance(error, Fault):
            self._fault(error)
        elif isinstance(error, asyncio.CancelledError) and self.state == BEGUN:
            self._lifecycle.task("cancelled", self._task.ref)
            _tell(self._task, "is cancelled")

    def _fault(self, fault: Fault) -> None:
        # What goes wrong in an extension before the task is no fault of the task.
        if fault.problem.get("instance") == self._task.ref:
            self.begin()
        if self.state != NOT_BEGUN:
            self._lifecycle.task("faulted", self._task.ref, error=fault.problem)
            _tell(self._task, "faults", str(fault.problem.get("type")))


@contextmanager
def correlating(task: Task, lifecycle: Lifecycle, *, anew: bool) -> Iterator[None]:
    """Tell, of a task that correlates events, when that begins and that it was done."""
    correlates = isinstance(task, Listen) and any(one.correlate for one in task.filters)
    if correlates and anew:
        lifecycle.run("correlation-started")
    yield
    if correlates:
        lifecycle.run("correlation-completed")


def _tell(task: Task, what: str, error: str | None = None) -> None:
    # Asked first: it is cheap, and this is done twice for every task. A run that leaves a
    # worker's memory is unwound outside of its workflow.
    if workflow.logger.logger.isEnabledFor(logging.DEBUG) and workflow.in_workflow():
        extra = {"task": task.ref, "phase": what, "error": error}
        workflow.logger.debug("task %s %s", task.ref, what, extra=extra)
