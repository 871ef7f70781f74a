"""The emit task: an event for whoever listens."""

from typing import Protocol

from temporalio import workflow

from symphainy.errors import Refused
from symphainy.event import Envelope, checked
from symphainy.invocation import Invocation
from symphainy.json import Json
from symphainy.plan import Emit
from temporal.suspension import Suspended
from workflows.interpreter.calls import Caller, conditions, start
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.inbox import Inbox
from workflows.interpreter.scope import Scope

__all__ = ["emit"]

ACTIVITY = "event.emit"


class Emitter(Caller, Protocol):
    """What telling an event needs of the run."""

    inbox: Inbox


async def emit(run: Emitter, task: Emit, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """The event as it was emitted.

    Its id is made once, in the run: however often the step is attempted, it is one event.
    """
    if frame is not None:
        key, event = frame["key"], frame["event"]
    else:
        key, event = run.instance(task.ref), _event(run, task, data, scope)
    asked = Invocation(
        step=task.ref,
        key=key,
        arguments=event,
        task=task.name,
        capability=ACTIVITY,
        effect="write",
        conditions=conditions(run, scope),
        cause=run.inbox.newest,
    )
    try:
        given = await start(ACTIVITY, asked, "platform", 30.0)
    except Suspended:
        raise Suspended({"key": key, "event": event}) from None
    # Policy may leave the step out.
    return Result(given if isinstance(given, dict) and "state" in given else event)


def _event(run: Caller, task: Emit, data: Json, scope: Scope) -> Envelope:
    written = scope.fill({**task.event}, data)
    namespace, _, name = run.plan.solution.partition(".")
    filled: dict[str, Json] = {
        "specversion": "1.0",
        "id": str(workflow.uuid4()),
        "source": f"/{namespace}/{name}/{run.plan.version}",
        "time": workflow.now().isoformat().replace("+00:00", "Z"),
    }
    try:
        return checked({**filled, **(written if isinstance(written, dict) else {})})
    except Refused as refused:
        detail = f"the event: {refused.message}"
        raise Fault.of("validation", detail, instance=task.ref, code=refused.code) from refused
