"""What happened in a run, told from its history."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError, FailureError

from symphainy.json import Json
from symphainy.markdown import said
from temporal.addresses import run_of
from temporal.codec import converter_for, local_activity
from temporal.endings import ELSEWHERE

__all__ = ["RunEvent", "Teller", "follow"]


class RunEvent(BaseModel):
    """One thing that happened; `id` orders events within a run and can be resumed from."""

    model_config = ConfigDict(frozen=True)

    id: str
    type: str
    at: datetime
    step: str | None = None
    data: dict[str, Json] = {}


OVER = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    }
)
RETRY = 0.2
"""Seconds between two long polls."""


async def follow(
    client: Client, workflow_id: str, *, after: str | None = None, wait: bool = True
) -> AsyncIterator[RunEvent]:
    """The run's events in order, across continue-as-new; with `wait`, as they come, until the
    run is over. `after` is the id of the last event the caller has."""
    run_id, seen = await _where(client, workflow_id, after)
    while run_id is not None:
        teller = Teller(converter_for(client, workflow_id), run_id)
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        event = None
        async for event in handle.fetch_history_events(wait_new_event=wait):
            told = await teller.tell(event)
            if told is not None and event.event_id > seen:
                yield told
        if event is None or event.event_type not in OVER:
            # A long poll may end before the run does.
            if not wait:
                return
            seen = max(seen, event.event_id if event is not None else 0)
            await asyncio.sleep(RETRY)
            continue
        going_on = event.workflow_execution_continued_as_new_event_attributes
        run_id, seen = going_on.new_execution_run_id or None, 0


async def _where(client: Client, workflow_id: str, after: str | None) -> tuple[str | None, int]:
    if after is not None:
        run_id, _, event_id = after.rpartition(".")
        if run_id and event_id.isascii() and event_id.isdigit():
            return run_id, int(event_id)
    described = await client.get_workflow_handle(workflow_id).describe()
    info = described.raw_description.workflow_execution_info
    return info.first_run_id or described.run_id, 0


class Teller:
    """Tells the events of one history; it has to see them all, as later ones refer to earlier."""

    def __init__(self, converter: DataConverter, run_id: str) -> None:
        self._converter = converter
        self._run_id = run_id
        self._steps: dict[int, str] = {}
        self._children: dict[str, str] = {}

    async def tell(self, event: HistoryEvent) -> RunEvent | None:
        """The event as people want it, or None for Temporal's own bookkeeping."""
        told = await self._tell(event)
        if told is None:
            return None
        type_, step, data = told
        return RunEvent(
            id=f"{self._run_id}.{event.event_id}",
            type=type_,
            at=event.event_time.ToDatetime(tzinfo=UTC),
            step=step,
            data=data,
        )

    async def _tell(self, event: HistoryEvent) -> tuple[str, str | None, dict[str, Json]] | None:
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                if event.workflow_execution_started_event_attributes.continued_execution_run_id:
                    return None
                return "run.started", None, {}
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                step = await self._summary(event)
                self._steps[event.event_id] = step or ""
                type_ = event.activity_task_scheduled_event_attributes.activity_type.name
                return "step.started", step, {"capability": type_}
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes
                result = await self._value(done.result)
                return "step.completed", self._step(done.scheduled_event_id), {"output": result}
            case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
                failed = event.activity_task_failed_event_attributes
                problem = await self._problem(failed.failure)
                return "step.failed", self._step(failed.scheduled_event_id), problem
            case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
                late = event.activity_task_timed_out_event_attributes
                step = self._step(late.scheduled_event_id)
                return "step.failed", step, {"code": "run.step-timeout"}
            case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
                given = event.child_workflow_execution_completed_event_attributes
                step = self._children.get(given.workflow_execution.workflow_id)
                return "step.completed", step, {"output": await self._value(given.result)}
            case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
                broken = event.child_workflow_execution_failed_event_attributes
                step = self._children.get(broken.workflow_execution.workflow_id)
                return "step.failed", step, await self._problem(broken.failure)
            case EventType.EVENT_TYPE_MARKER_RECORDED:
                return await self._within(event)
            case _:
                return await self._tell_of_run(event)

    async def _tell_of_run(
        self, event: HistoryEvent
    ) -> tuple[str, str | None, dict[str, Json]] | None:
        match event.event_type:
            case EventType.EVENT_TYPE_TIMER_STARTED:
                timer = event.timer_started_event_attributes
                seconds = timer.start_to_fire_timeout.ToTimedelta().total_seconds()
                why = await self._summary(event)
                reason = said(why) if why is not None else None
                return "run.waiting", None, {"reason": reason, "seconds": seconds}
            case EventType.EVENT_TYPE_TIMER_FIRED:
                return "run.going-on", None, {}
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                request = event.workflow_execution_update_accepted_event_attributes.accepted_request
                return "run.told", None, {"what": request.input.name}
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                return await self._received(event)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
                result = event.workflow_execution_completed_event_attributes.result
                return "run.completed", None, {"output": await self._value(result)}
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
                failure = event.workflow_execution_failed_event_attributes.failure
                return "run.faulted", None, await self._problem(failure)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
                return "run.cancelled", None, {}
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
                return "run.terminated", None, {}
            case _:
                return None

    async def _received(
        self, event: HistoryEvent
    ) -> tuple[str, str | None, dict[str, Json]] | None:
        signal = event.workflow_execution_signaled_event_attributes
        if signal.signal_name != "event" or len(signal.input.payloads) != 2:
            return None
        envelope = await self._payload(signal.input.payloads[1])
        told = envelope if isinstance(envelope, dict) else {}
        return "run.received", None, {name: told.get(name) for name in ("type", "source", "id")}

    async def _within(self, event: HistoryEvent) -> tuple[str, str | None, dict[str, Json]] | None:
        """A local activity: a decision, or a short step, of which only the end is recorded."""
        marker = event.marker_recorded_event_attributes
        if marker.marker_name != "core_local_activity":
            return None
        about = local_activity(marker)
        result = await self._value(marker.details.get("result", Payloads()))
        capability, step = str(about.get("activity_type")), await self._summary(event)
        if capability.startswith("gate."):
            told = _listening(step, result) or self._decision(step, result)
            return told or self._child(capability, step, result)
        if not marker.HasField("failure"):
            return "step.completed", step, {"capability": capability, "output": result}
        problem = await self._problem(marker.failure)
        if problem.get("code") in ELSEWHERE:
            return None
        return "step.failed", step, {"capability": capability, **problem}

    def _child(
        self, capability: str, step: str | None, result: Json
    ) -> tuple[str, str | None, dict[str, Json]] | None:
        """A run that this one starts, or what became of one that an earlier history started."""
        if not isinstance(result, dict):
            return None
        if capability == "gate.child" and step is not None:
            workflow_id = str(result.get("workflow"))
            self._children[workflow_id] = step
            about: dict[str, Json] = {"capability": "run.workflow", "run": run_of(workflow_id)}
            return "step.started", step, about
        if capability == "gate.outcome" and result.get("over"):
            problem = result.get("problem")
            if isinstance(problem, dict):
                return "step.failed", step, problem or {"code": "run.child-ended"}
            return "step.completed", step, {"output": result.get("output")}
        return None

    def _decision(
        self, step: str | None, verdict: Json
    ) -> tuple[str, str | None, dict[str, Json]] | None:
        if not isinstance(verdict, dict) or "outcome" not in verdict:
            return None
        told = ("outcome", "policy", "layer", "code", "reason", "until", "advice")
        data = {name: verdict[name] for name in told if verdict.get(name)}
        return "step.decided", step, data

    def _step(self, scheduled: int) -> str | None:
        return self._steps.get(scheduled) or None

    async def _summary(self, event: HistoryEvent) -> str | None:
        if not event.user_metadata.HasField("summary"):
            return None
        found: Any = await self._payload(event.user_metadata.summary)
        return str(found)

    async def _value(self, payloads: Payloads) -> Json:
        return await self._payload(payloads.payloads[0]) if payloads.payloads else None

    async def _payload(self, payload: Payload) -> Json:
        found: list[Any] = await self._converter.decode([payload])
        value: Json = found[0]
        return value

    async def _problem(self, failure: Failure) -> dict[str, Json]:
        error = await self._converter.decode_failure(failure)
        return problem_of(error)


def _listening(step: str | None, given: Json) -> tuple[str, str | None, dict[str, Json]] | None:
    """That a run began to listen, and what it found."""
    events = given.get("events") if isinstance(given, dict) else None
    return ("run.listening", step, {"found": len(events)}) if isinstance(events, list) else None


def problem_of(error: BaseException) -> dict[str, Json]:
    """What a failure says, as an RFC 9457 problem where it carries one."""
    if isinstance(error, ApplicationError):
        details: dict[str, Any] = next((one for one in error.details if isinstance(one, dict)), {})
        given = details.get("problem")
        if isinstance(given, dict):
            return given
        return {"code": error.type, "detail": error.message}
    message = error.message if isinstance(error, FailureError) else str(error)
    return {"code": "run.failed", "detail": message}
