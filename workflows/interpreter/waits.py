"""Durable waiting that can be left and taken up again in another history."""

from datetime import datetime, timedelta
from typing import Protocol

from temporalio import workflow

from symphainy.json import Json
from symphainy.plan import Task, Wait
from temporal.narrator import Narrator
from temporal.suspension import Suspended, Suspension
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope
from workflows.interpreter.timeouts import milliseconds

__all__ = ["Waiter", "wait", "wait_until"]


class Waiter(Protocol):
    """What waiting needs of the run."""

    suspension: Suspension
    narrator: Narrator


async def wait(run: Waiter, task: Wait, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """The data, later."""
    if frame is not None:
        until = datetime.fromtimestamp(frame["until"], workflow.now().tzinfo)
    else:
        pause = milliseconds(task.value, data, scope, task.ref, "wait")
        until = workflow.now() + timedelta(milliseconds=pause)
    try:
        await wait_until(run, task, until, task.name)
    except Suspended:
        raise Suspended({"until": until.timestamp()}) from None
    return Result(data)


async def wait_until(run: Waiter, task: Task, until: datetime, summary: str) -> None:
    """Return at `until`; Suspended if the run is to go on elsewhere before."""
    remaining = until - workflow.now()
    if remaining <= timedelta(0):
        return
    run.narrator.tell(task.ref, f"waits until {until:%Y-%m-%d %H:%M:%S} UTC")
    try:
        await workflow.wait_condition(
            lambda: run.suspension.wanted, timeout=remaining, timeout_summary=summary
        )
    except TimeoutError:
        return
    finally:
        run.narrator.done(task.ref)
    raise Suspended
