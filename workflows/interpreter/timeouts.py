"""Deadlines: what takes too long is cancelled, wherever inside it waits."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow

from symphainy.definition.duration import Duration
from symphainy.json import Json
from symphainy.plan import Deadline
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame
from workflows.interpreter.forsaken import forsake
from workflows.interpreter.scope import Scope

__all__ = ["due", "milliseconds", "within"]

T = TypeVar("T")


def due(timeout: Deadline | None, data: Json, scope: Scope, ref: str) -> float | None:
    """When what begins now is to be over, in seconds since 1970; None if it may take for ever."""
    if timeout is None:
        return None
    return workflow.time() + milliseconds(timeout, data, scope, ref, "timeout") / 1_000


async def within(
    due: float | None, work: Coroutine[Any, Any, T], ref: str, what: str, frame: Frame | None = None
) -> T:
    """What `work` gives; past `due` it is cancelled and a timeout error of `ref` is raised.

    `frame` is the position that `work` is taken up again at.
    """
    if due is None:
        return await work
    remaining = due - workflow.time()
    if remaining <= 0:
        work.close()
        await forsake(frame)
        raise _late(ref, what)
    doing = asyncio.create_task(work)
    clock = asyncio.create_task(
        workflow.sleep(timedelta(seconds=remaining), summary=f"time limit of {what}"[:200])
    )
    try:
        await workflow.wait([doing, clock], return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise _late(ref, what)
    finally:
        doing.cancel()
        clock.cancel()
        await asyncio.gather(doing, clock, return_exceptions=True)


def milliseconds(written: Deadline, data: Json, scope: Scope, ref: str, what: str) -> int:
    """`written`, computed if it is an expression; a Fault of `ref` if that gives no duration."""
    if isinstance(written, int):
        return written
    given = scope.fill(written, data)
    try:
        found = Duration.parse(given).milliseconds if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is None:
        detail = f"`{what}` gave no duration: an ISO 8601 duration such as PT5M is expected"
        raise Fault.of("validation", detail, instance=ref, code="run.bad-duration")
    return found


def _late(ref: str, what: str) -> Fault:
    detail = f"{what} took longer than its timeout allows"
    return Fault.of("timeout", detail, instance=ref, code="run.timeout")
