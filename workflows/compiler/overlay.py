"""A run laid over the graph of its plan, by the references of its tasks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from symphainy.plan import Fork, Plan, Switch, Task, Try, Wait
from symphainy.plan.tasks import inside
from symphainy.standing import Standing, Stands

__all__ = ["Event", "overlay"]


class Event(Protocol):
    """What is told of a run; see `temporal.events`."""

    @property
    def type(self) -> str: ...
    @property
    def step(self) -> str | None: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(slots=True)
class _Place:
    """What is known of a task so far; `last` is when something was told of it."""

    status: Stands
    count: int
    last: int
    reason: str | None = None


OVER: Mapping[str, Stands] = {
    "run.completed": "done",
    "run.faulted": "cancelled",
    "run.cancelled": "cancelled",
    "run.terminated": "cancelled",
}
OPEN = frozenset({"running", "waiting"})
HELD = frozenset({"defer", "approve", "approval", "require approval", "reserve"})


def overlay(plan: Plan, events: Iterable[Event]) -> dict[str, Standing]:
    """How every task stands of which the events tell, directly or by what came after it.

    A task that leaves no event of its own, such as `set`, is known to be done once something
    behind it in its list has begun and nothing can have led past it.
    """
    run = _Run(plan)
    for when, event in enumerate(events):
        run.take(event, when)
    run.settle(plan.tasks, behind=run.completed)
    return {
        ref: Standing(status=one.status, count=one.count, reason=one.reason)
        for ref, one in run.places.items()
    }


class _Run:
    def __init__(self, plan: Plan) -> None:
        self.tasks = {task.ref: task for task in plan.walk()}
        self.named: dict[str, list[str]] = {}
        for task in self.tasks.values():
            self.named.setdefault(task.name, []).append(task.ref)
        self.places: dict[str, _Place] = {}
        self.completed = -1
        """When the run completed."""

    def take(self, event: Event, when: int) -> None:
        """Note what one event tells."""
        step, data = event.step, event.data
        if event.type in OVER:
            self._end(event, when)
        elif event.type == "run.waiting":
            self._waits(data, when)
        elif step not in self.tasks:
            return
        elif event.type == "step.started":
            self._note(step, "running", when, again=True)
        elif event.type == "step.completed":
            self._note(step, "done", when, again=not self._is_open(step))
        elif event.type == "step.failed":
            reason = data.get("detail") or data.get("code")
            self._note(step, "failed", when, again=not self._is_open(step), reason=reason)
        elif event.type == "step.decided":
            self._decided(step, data, when)
        elif event.type == "run.listening":
            self._note(step, "waiting", when, again=not self._is_open(step))

    def _decided(self, step: str, data: Mapping[str, Any], when: int) -> None:
        outcome, reason = data.get("outcome"), data.get("reason")
        if outcome in HELD or data.get("until"):
            self._note(step, "waiting", when, again=not self._is_open(step), reason=reason)
        elif outcome == "skip":
            self._note(step, "skipped", when, again=not self._is_open(step), reason=reason)
        elif outcome == "deny":
            self._note(step, "failed", when, again=not self._is_open(step), reason=reason)

    def _waits(self, data: Mapping[str, Any], when: int) -> None:
        """A timer says the name of its task, and after a colon why it waits."""
        name, _, why = str(data.get("reason") or "").partition(": ")
        refs = self.named.get(name, ())
        if len(refs) == 1:
            again = isinstance(self.tasks[refs[0]], Wait) and not self._is_open(refs[0])
            self._note(refs[0], "waiting", when, again=again, reason=why or None)

    def _end(self, event: Event, when: int) -> None:
        if event.type == "run.completed":
            self.completed = when
        at_fault = event.data.get("instance")
        if event.type == "run.faulted" and at_fault in self.tasks:
            again = at_fault not in self.places
            self._note(str(at_fault), "failed", when, again=again, reason=event.data.get("detail"))
        for place in self.places.values():
            if place.status in OPEN:
                place.status, place.reason = OVER[event.type], None

    def _is_open(self, ref: str) -> bool:
        return ref in self.places and self.places[ref].status in OPEN

    def _note(
        self, ref: str | None, status: Stands, when: int, *, again: bool, reason: Any = None
    ) -> None:
        if ref is None:
            return
        place = self.places.setdefault(ref, _Place(status, 0, when))
        place.status, place.last = status, when
        place.count = max(1, place.count + again)
        place.reason = str(reason) if reason else None

    def settle(self, tasks: tuple[Task, ...], *, in_order: bool = True, behind: int = -1) -> int:
        """Add what follows from what was told; the last time anything was told of these.

        `behind` is when what comes behind the list has begun.
        """
        latest, last = behind, -1
        skipped = _skipped(tasks, ended=behind >= 0)
        for i in reversed(range(len(tasks))):
            own = self._settle_task(tasks[i])
            if in_order and latest > own:
                self._passed(tasks[i], certain=i not in skipped)
            latest, last = max(latest, own), max(last, own)
        return last

    def _settle_task(self, task: Task) -> int:
        lists = [*inside(task)]
        latest = max(
            (self.settle(one, in_order=not isinstance(task, Fork)) for one in lists), default=-1
        )
        place = self.places.get(task.ref)
        if latest >= 0 and (place is None or place.status not in ("failed", "cancelled")):
            place = self.places[task.ref] = _Place(self._of_parts(lists), 1, latest)
        return max(latest, place.last if place is not None else -1)

    def _of_parts(self, lists: list[tuple[Task, ...]]) -> Stands:
        """How what holds tasks stands: as the liveliest of them."""
        found = {
            self.places[one.ref].status
            for tasks in lists
            for one in tasks
            if one.ref in self.places
        }
        return next(
            (one for one in ("running", "waiting", "failed", "cancelled") if one in found), "done"
        )

    def _passed(self, task: Task, *, certain: bool) -> None:
        """Something behind the task has begun after it: it is not under way any more."""
        place = self.places.get(task.ref)
        if place is None:
            if certain and task.if_ is None:
                self.places[task.ref] = _Place("done", 1, -1)
        elif place.status in OPEN:
            place.status, place.reason = "done", None


def _skipped(tasks: tuple[Task, ...], *, ended: bool) -> set[int]:
    """The tasks of a list that the flow may have gone past; `ended`: to the list's end as well."""
    index = {task.name: i for i, task in enumerate(tasks)}
    leaving = {"exit": len(tasks), "end": len(tasks)} if ended else {}
    found: set[int] = set()
    for i, task in enumerate(tasks):
        targets = [task.then]
        if isinstance(task, Switch):
            targets += [case.then for case in task.cases]
        if isinstance(task, Try):
            targets.append(task.catch.then)
        for target in targets:
            found.update(range(i + 1, {**leaving, **index}.get(target, 0)))
    return found
