"""Calls over the protocols that are not plain HTTP."""

from symphainy.json import Json
from symphainy.plan import Remote
from workflows.interpreter.calls import Caller
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope

__all__ = ["remote"]


async def remote(
    run: Caller, task: Remote, data: Json, scope: Scope, frame: Frame | None
) -> Result:
    """What the other side answered."""
    raise Fault.of("configuration", "`remote` is not built yet", instance=task.ref)
