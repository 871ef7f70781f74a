"""The run task: another solution as a child of this run."""

from symphainy.json import Json
from symphainy.plan import Run
from workflows.interpreter.calls import Caller
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope

__all__ = ["child"]


async def child(run: Caller, task: Run, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What the child gave."""
    raise Fault.of("configuration", "`run` is not built yet", instance=task.ref)
