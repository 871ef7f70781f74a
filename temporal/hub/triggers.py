"""Which events start runs, and what events intents are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

from public_works.events import Start
from symphainy.event import (
    Bound,
    Criterion,
    Envelope,
    Evaluate,
    Link,
    checked,
    evaluator,
    matches,
    of_data,
    read,
)
from symphainy.intent import Intent
from symphainy.json import Json, digest
from symphainy.plan import Filter, Plan
from symphainy.plan import Intent as PlannedIntent

__all__ = ["STARTS", "Trigger", "meaning", "starts_of", "triggers"]

START = "start"
STARTS = "start:"
"""What the target of a handover begins with that starts something."""


class Trigger(NamedTuple):
    """Events that start runs of a solution: one of those that the filters mean, or one of each."""

    solution: str
    intent: str
    filters: tuple[Bound, ...]
    every: bool
    scheduled: bool
    plan: Plan

    def payload(self, event: Envelope) -> Json:
        """What the run begins with, as far as this event says it."""
        if not self.scheduled or self.plan.schedule is None:
            return read(event, "data")
        return read(event, self.plan.schedule.read)


def triggers(plan: Plan) -> Iterator[Trigger]:
    """What starts runs of `plan`."""
    for name, intent in plan.intents.items():
        if intent.starts and intent.event is not None:
            means = Bound(tests={"type": Criterion(how="equals", what=intent.event)})
            yield Trigger(plan.solution, name, (means,), False, False, plan)
    wanted = plan.schedule
    if wanted is not None and wanted.mode is not None:
        filters = tuple(_bound(one) for one in wanted.filters) or (Bound(),)
        intent_ = plan.start_intent or START
        yield Trigger(plan.solution, intent_, filters, wanted.mode == "all", True, plan)


def starts_of(trigger: Trigger, event: Envelope) -> Iterator[Start]:
    """What `event` starts, if it does."""
    evaluate = evaluator(datetime.now(UTC).timestamp())
    for n, bound in enumerate(trigger.filters):
        if not matches(bound, event, evaluate):
            continue
        payload = trigger.payload(event)
        details: dict[str, Json] = {
            "solution": trigger.solution,
            "intent": trigger.intent,
            "payload": [payload] if trigger.scheduled else payload,
        }
        if trigger.every and len(trigger.filters) > 1:
            details |= {"n": n, "of": len(trigger.filters), "tied": _tied(bound, event, evaluate)}
        kind = "on" if trigger.scheduled else "intent"
        target = f"{STARTS}{kind}:{trigger.solution}:{trigger.intent}"
        yield Start(target=target, details=details)
        return


def _tied(bound: Bound, event: Envelope, evaluate: Evaluate) -> dict[str, Json]:
    """What the event has where another one has to have the same."""
    learned: dict[str, str] = {}
    matches(bound, event, evaluate, learned)
    return {**learned}


def meaning(intent: Intent, wanted: PlannedIntent) -> Envelope:
    """The event that says what `intent` says; the same intent is the same event."""
    namespace, _, name = intent.solution.partition(".")
    key = intent.idempotency_key
    return checked(
        {
            "specversion": "1.0",
            "id": digest([intent.environment, key]) if key else str(uuid4()),
            "source": f"/{namespace}/{name}/intents/{intent.name}",
            "type": wanted.event or "",
            "time": datetime.now(UTC).isoformat(),
            "data": intent.payload,
        }
    )


def _bound(written: Filter) -> Bound:
    """A filter of a schedule: there is no run whose data could be put in."""
    tests = {
        name: of_data(one) if name == "data" else Criterion(how="like", what=one)
        for name, one in written.with_.items()
    }
    links = {
        name: Link(source=one.from_, expect=one.expect if isinstance(one.expect, str) else None)
        for name, one in written.correlate.items()
    }
    return Bound(tests=tests, links=links)
