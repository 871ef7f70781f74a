"""Calls over the protocols that are not plain HTTP."""

from symphainy.json import Json
from symphainy.plan import Remote
from temporal.suspension import Suspended
from workflows.interpreter.calls import Caller, invocation, start
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope

__all__ = ["remote"]


async def remote(
    run: Caller, task: Remote, data: Json, scope: Scope, frame: Frame | None
) -> Result:
    """What the other side answered."""
    key = frame["key"] if frame is not None else run.instance(task.ref)
    asked = invocation(run, task, scope.fill(task.arguments, data), scope, key, data)
    try:
        return Result(await start(task.activity, asked, "platform", task.timeout_seconds))
    except Suspended:
        raise Suspended({"key": key}) from None
