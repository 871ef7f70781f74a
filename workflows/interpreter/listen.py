"""The listen task: waits for events, and goes through them."""

from symphainy.json import Json
from symphainy.plan import Listen
from workflows.interpreter.calls import Caller
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.scope import Scope

__all__ = ["listen"]


async def listen(
    run: Caller, task: Listen, data: Json, scope: Scope, frame: Frame | None
) -> Result:
    """The events, in the order they came."""
    raise Fault.of("configuration", "`listen` is not built yet", instance=task.ref)
