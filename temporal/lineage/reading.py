"""Reads the account of a run from the events of its histories."""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from symphainy.json import Json, digest
from temporal.addresses import schedule_of
from temporal.codec import local_activity
from temporal.endings import ELSEWHERE
from temporal.lineage.account import (
    Account,
    Attempted,
    Began,
    Child,
    Commanded,
    Decided,
    Heard,
)
from temporal.lineage.decoding import Decoding
from temporal.lineage.histories import Histories, History

__all__ = ["NAMED", "Reading"]

NAMED = ("type", "source", "id", "time")
"""What is told of an event: its attributes, not its data."""
LOCAL = "core_local_activity"


class Reading:
    """Reads one run, history by history."""

    def __init__(self, decoding: Decoding) -> None:
        self.account = Account()
        self.decoding = decoding
        self._visits: dict[str, int] = {}

    async def all(self, found: Histories) -> Account:
        """The account of what was read."""
        self.account.continued = len(found.chain) - 1
        for history in found.chain:
            before = dict(self._visits)
            for aside in history.aside:
                await _Part(self, aside, aside=True).take()
                self._visits = dict(before)
            await _Part(self, history).take()
        return self.account

    def visit(self, ref: str) -> str:
        """The next instance of a task that wrote none down."""
        self._visits[ref] = self._visits.get(ref, 0) + 1
        return f"{ref}#{self._visits[ref]}"

    def visited(self, key: str) -> None:
        """An instance that was written down."""
        ref, _, n = key.partition("~")[0].rpartition("#")
        if n.isdigit():
            self._visits[ref] = max(self._visits.get(ref, 0), int(n))


class _Part:
    """Reads one history of the run."""

    def __init__(self, whole: Reading, history: History, *, aside: bool = False) -> None:
        self._whole = whole
        self._read = whole.decoding
        self._account = whole.account
        self._history = history
        self._aside = aside
        self._scheduled: dict[int, Attempted] = {}
        self._initiated: dict[int, Child] = {}
        self._wanted: dict[str, str] = {}

    async def take(self) -> None:
        for event in self._history.events:
            await self._take(event)

    async def _take(self, event: HistoryEvent) -> None:
        type_, new = event.event_type, event.event_id >= self._history.after
        match type_:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                await self._begin(event, new)
            case (
                EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
                | EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
                | EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED
                | EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT
                | EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED
            ):
                await self._go_on(event)
            case EventType.EVENT_TYPE_MARKER_RECORDED:
                await self._within(event, new)
            case (
                EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED
                | EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED
                | EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED
                | EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED
                | EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED
                | EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED
            ):
                await self._child(event, new)
            case _ if new:
                await self._of_run(event)

    async def _of_run(self, event: HistoryEvent) -> None:
        account, at = self._account, _at(event)
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                await self._begun(event)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                await self._signal(event)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                await self._update(event)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
                account.commands.append(Commanded(self._id(event), at, "cancel", None))
            case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                if event.workflow_task_failed_event_attributes.base_run_id:
                    account.resets.append(at)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED if not self._aside:
                given = event.workflow_execution_completed_event_attributes.result
                account.ended, account.output = at, await self._read.digest(given)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED if not self._aside:
                failure = event.workflow_execution_failed_event_attributes.failure
                account.ended, account.code = at, await self._read.code(failure)
            case (
                EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED
                | EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED
                | EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT
            ) if not self._aside:
                account.ended = at

    async def _begun(self, event: HistoryEvent) -> None:
        if self._aside:
            return
        begun = event.workflow_execution_started_event_attributes
        context = self._read.context(begun.header.fields, self._history.run_id)
        known = self._account.contexts
        if context is not None and (not known or known[-1][1].plan != context.plan):
            known.append((_at(event), context))
        if self._account.began is not None:
            return
        given = await self._read.value(begun.input)
        started: dict[str, Any] = given if isinstance(given, dict) else {}
        self._account.began = Began(
            at=_at(event),
            context=context,
            parent=begun.parent_workflow_execution.workflow_id or None,
            chain=started.get("chain"),
            schedule=schedule_of(self._read.workflow),
            input=digest(started.get("input")),
        )

    async def _begin(self, event: HistoryEvent, new: bool) -> None:
        begun = event.activity_task_scheduled_event_attributes
        key, whole = begun.activity_id, self._whole
        whole.visited(key)
        wire = await self._read.value(begun.input)
        one = Attempted(
            id=self._id(event),
            key=key,
            step=await self._read.summary(event) or key.rpartition("#")[0],
            activity=begun.activity_type.name,
            at=_at(event),
            arguments=digest(wire),
            grant=self._read.grant(begun.header.fields),
            event=_emitted(begun.activity_type.name, wire),
            aside=self._aside,
        )
        self._scheduled[event.event_id] = one
        if new:
            self._account.attempts.append(one)

    async def _go_on(self, event: HistoryEvent) -> None:
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                begun = event.activity_task_started_event_attributes
                one = self._scheduled[begun.scheduled_event_id]
                one.started, one.tries = _at(event), begun.attempt
                one.build = begun.worker_version.build_id or None
                if begun.HasField("last_failure"):
                    one.code = await self._read.code(begun.last_failure)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes
                one = self._scheduled[done.scheduled_event_id]
                one.status, one.output = "completed", await self._read.digest(done.result)
                one.code, one.ended = None, _at(event)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
                failed = event.activity_task_failed_event_attributes
                one = self._scheduled[failed.scheduled_event_id]
                one.status, one.code = "faulted", await self._read.code(failed.failure)
                one.ended = _at(event)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
                late = event.activity_task_timed_out_event_attributes
                one = self._scheduled[late.scheduled_event_id]
                one.status, one.code, one.ended = "timed-out", "run.step-timeout", _at(event)
            case _:
                gone = event.activity_task_canceled_event_attributes
                one = self._scheduled[gone.scheduled_event_id]
                one.status, one.ended = "cancelled", _at(event)

    async def _within(self, event: HistoryEvent, new: bool) -> None:
        """A local activity: a decision, or a short step, of which only the end is recorded."""
        marker, whole = event.marker_recorded_event_attributes, self._whole
        if marker.marker_name != LOCAL:
            return
        about = local_activity(marker)
        activity, step = str(about.get("activity_type")), await self._read.summary(event) or ""
        if activity.startswith("gate."):
            result = await self._read.value(marker.details.get("result", Payloads()))
            self._gate(event, activity, step, result, new)
            return
        code = await self._read.code(marker.failure) if marker.HasField("failure") else None
        if code in ELSEWHERE:
            return
        at = _at(event)
        one = Attempted(
            id=self._id(event),
            key=whole.visit(step),
            step=step,
            activity=activity,
            at=at,
            local=True,
            counted=True,
            started=_moment(about.get("original_schedule_time")) or at,
            ended=_moment(about.get("complete_time")) or at,
            status="faulted" if code else "completed",
            code=code,
            output=None
            if code
            else await self._read.digest(marker.details.get("result", Payloads())),
            aside=self._aside,
        )
        if new:
            self._account.attempts.append(one)

    def _gate(self, event: HistoryEvent, activity: str, step: str, result: Json, new: bool) -> None:
        said: dict[str, Any] = result if isinstance(result, dict) else {}
        if activity == "gate.child":
            self._wanted[str(said.get("workflow"))] = step
        if not new:
            return
        account, at = self._account, _at(event)
        if activity == "gate.decide" and "outcome" in said:
            names = ("outcome", "policy", "layer", "reason", "code", "until")
            told: dict[str, Any] = {name: said.get(name) for name in names}
            account.decisions.append(
                Decided(**told, id=self._id(event), at=at, step=step, aside=self._aside)
            )
        elif activity == "gate.listen":
            account.listening.append((at, step))
            for seq, envelope in said.get("events", ()):
                account.heard.append(Heard(at, int(seq), _named(envelope), step))
        elif activity == "gate.again" and result is True:
            account.next = self._history.run_id

    async def _child(self, event: HistoryEvent, new: bool) -> None:
        at = _at(event)
        if event.event_type == EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
            wanted = event.start_child_workflow_execution_initiated_event_attributes
            memo = wanted.memo.fields.get("intent")
            one = Child(
                id=self._id(event),
                at=at,
                workflow=wanted.workflow_id,
                step=self._wanted.get(wanted.workflow_id),
                intent=str(await self._read.payload(memo)) if memo is not None else None,
                aside=self._aside,
            )
            self._initiated[event.event_id] = one
            if new:
                self._account.children.append(one)
            return
        if event.event_type == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
            begun = event.child_workflow_execution_started_event_attributes
            child = self._initiated.get(begun.initiated_event_id)
            if child is not None:
                child.run_id = begun.workflow_execution.run_id
            return
        await self._childs_end(event, at)

    async def _childs_end(self, event: HistoryEvent, at: datetime) -> None:
        given: Any = getattr(event, str(event.WhichOneof("attributes")))
        one = self._initiated.get(given.initiated_event_id)
        if one is None:
            return
        one.ended = at
        match event.event_type:
            case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
                one.status, one.output = "completed", await self._read.digest(given.result)
            case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
                one.status, one.code = "faulted", await self._read.code(given.failure)
            case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
                one.status = "cancelled"
            case _:
                one.status = "terminated"

    async def _signal(self, event: HistoryEvent) -> None:
        signal = event.workflow_execution_signaled_event_attributes
        if signal.signal_name != "event" or len(signal.input.payloads) != 2:
            return
        seq = await self._read.payload(signal.input.payloads[0])
        envelope = await self._read.payload(signal.input.payloads[1])
        by = self._read.sender(signal.header.fields)
        # What nobody signed the run did not hear either.
        if by is not None and isinstance(seq, int):
            self._account.heard.append(Heard(_at(event), seq, _named(envelope), None, by))

    async def _update(self, event: HistoryEvent) -> None:
        asked = event.workflow_execution_update_accepted_event_attributes.accepted_request
        what, args = asked.input.name, asked.input.args.payloads
        answers = what == "answer" and bool(args)
        self._account.commands.append(
            Commanded(
                id=self._id(event),
                at=_at(event),
                what=what,
                by=self._read.sender(asked.input.header.fields),
                approval=str(await self._read.payload(args[0])) if answers else None,
            )
        )

    def _id(self, event: HistoryEvent) -> str:
        return f"{self._history.run_id}.{event.event_id}"


def _at(event: HistoryEvent) -> datetime:
    return event.event_time.ToDatetime(tzinfo=UTC)


def _moment(written: object) -> datetime | None:
    """A time as Temporal's core writes it in the marker of a local activity."""
    if not isinstance(written, dict):
        return None
    seconds, nanos = written.get("seconds"), written.get("nanos", 0)
    if not isinstance(seconds, int) or not isinstance(nanos, int):
        return None
    return Timestamp(seconds=seconds, nanos=nanos).ToDatetime(tzinfo=UTC)


def _named(envelope: object) -> dict[str, Json]:
    if not isinstance(envelope, dict):
        return {}
    return {name: envelope[name] for name in NAMED if name in envelope}


def _emitted(activity: str, wire: Json) -> dict[str, Json] | None:
    if activity != "event.emit" or not isinstance(wire, dict):
        return None
    return _named(wire.get("with"))
