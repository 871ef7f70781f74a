"""The emit task: an event for whoever listens."""

from symphainy.json import Json
from symphainy.plan import Emit
from workflows.interpreter.calls import Caller
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope

__all__ = ["emit"]


async def emit(run: Caller, task: Emit, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """The event as it was emitted."""
    raise Fault.of("configuration", "`emit` is not built yet", instance=task.ref)
