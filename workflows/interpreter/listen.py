"""The listen task: it waits for events and takes them one by one, in order."""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal, Protocol

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from symphainy.event import Bound, Envelope, Evaluate, evaluator, matches, read
from symphainy.json import Json
from symphainy.markdown import code, plain
from symphainy.plan import Filter, Listen, Plan, Until
from temporal.narrator import Narrator
from temporal.suspension import Suspended, Suspension
from workflows.interpreter.each import go_through
from workflows.interpreter.faults import Fault, from_failure
from workflows.interpreter.filters import bind, tied
from workflows.interpreter.flow import Frame, Result, Walker
from workflows.interpreter.inbox import Inbox, Mailbox
from workflows.interpreter.meter import Meter
from workflows.interpreter.scope import Scope

__all__ = ["Listener", "evaluator_of", "hush", "listen"]

PATIENCE = timedelta(seconds=10)


class Listener(Walker, Protocol):
    """What a listening task needs of the run."""

    plan: Plan
    inbox: Inbox
    meter: Meter
    narrator: Narrator
    suspension: Suspension

    @property
    def since(self) -> float:
        """When the run began, in seconds since 1970, in whichever history that was."""
        ...

    @property
    def business_key(self) -> str:
        """What the run is about: the key it was started with, or its own id."""
        ...

    def instance(self, ref: str) -> str:
        """A new step instance of the task `ref`."""
        ...


@dataclass
class _Tally:
    """How far a listening task is; with its mailbox and the position inside, this is its frame."""

    key: str
    filters: list[dict[str, Any]]
    ending: list[dict[str, Any]] | None
    """The filters of `until`, if events end it."""
    gathered: list[Json] = field(default_factory=list)
    met: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    learned: dict[str, str] = field(default_factory=dict)
    item: list[Json] = field(default_factory=list)
    """The event that is being gone through, if there is one."""
    before: list[int] = field(default_factory=list)
    """What the run had taken when it began to listen, then what it took itself."""
    after: int = 0


async def listen(
    run: Listener, task: Listen, data: Json, scope: Scope, frame: Frame | None
) -> Result:
    """What was read of the events that were taken, in order."""
    inner: Frame | None = None
    if frame is not None:
        tally, inner = _Tally(**frame["tally"]), frame["inner"]
    else:
        tally = _begin(run, task, data, scope)
    heard = _Hearing(run, task, tally)
    leaving = False
    try:
        while not heard.over(scope):
            await _take(run, task, heard, scope, inner)
            inner = None
    except Suspended as left:
        leaving = True
        heard.mailbox.rewind()
        tally.after, tally.before = heard.mailbox.after, heard.mailbox.taken
        raise left.within(tally=asdict(tally)) from None
    finally:
        heard.close(for_good=not leaving)
    return Result(tally.gathered)


def _begin(run: Listener, task: Listen, data: Json, scope: Scope) -> _Tally:
    filters = _bound(run, task.filters, data, scope)
    if task.mode == "any" and not filters:
        filters = [Bound().dump()]
    ending = None
    if isinstance(task.until, Until):
        ending = _bound(run, task.until.filters, data, scope)
    key = run.instance(task.ref)
    inbox = run.inbox
    before, after = [*inbox.taken], inbox.floor
    return _Tally(key=key, filters=filters, ending=ending, before=before, after=after)


def _bound(
    run: Listener, filters: tuple[Filter, ...], data: Json, scope: Scope
) -> list[dict[str, Json]]:
    return [tied(bind(one, data, scope), run.plan, run.business_key).dump() for one in filters]


async def _take(
    run: Listener, task: Listen, heard: "_Hearing", scope: Scope, inner: Frame | None
) -> None:
    """Take the next event that is meant, and go through it."""
    tally = heard.tally
    if not tally.item:
        envelope = await heard.next()
        if envelope is None:
            return
        tally.item = [read(envelope, task.read)]
    if task.each is None:
        tally.gathered.append(tally.item[0])
    else:
        item, at = tally.item[0], len(tally.gathered)
        tally.gathered.append(await go_through(run, task.each, item, at, scope, inner))
    tally.item = []


class _Hearing:
    """One listening task, at the hub and in the run."""

    def __init__(self, run: Listener, task: Listen, tally: _Tally) -> None:
        self.tally = tally
        self._run = run
        self._task = task
        self._filters = [Bound.model_validate(one) for one in tally.filters]
        self._ending = [Bound.model_validate(one) for one in tally.ending or ()]
        self.mailbox = Mailbox([*self._filters, *self._ending], tally.before, tally.after)
        run.inbox.open(tally.key, self.mailbox)

    def over(self, scope: Scope) -> bool:
        """Whether everything was heard that is waited for."""
        task, tally = self._task, self.tally
        if tally.item:
            return False
        if isinstance(task.until, str):
            here = scope.plus(context=self._run.context)
            return bool(tally.gathered) and here.test(task.until, [*tally.gathered])
        if isinstance(task.until, Until):
            return len(tally.ended) >= (len(self._ending) if task.until.mode == "all" else 1)
        return len(tally.met) >= (len(self._filters) if task.mode == "all" else 1)

    async def next(self) -> Envelope | None:
        """The next event that is meant; None if it was one that ends the listening."""
        while True:
            await self._run.boundary("")
            if self.mailbox.behind:
                await self._ask()
            found = self.mailbox.next()
            if found is None:
                await self._wait()
                continue
            seq, envelope = found
            means = self._means(envelope)
            if means is not None:
                self.mailbox.take(seq)
                self._run.inbox.take(seq)
                return envelope if means == "item" else None

    def close(self, *, for_good: bool) -> None:
        """Hear no more in this history, and unless the run goes on in another, at all."""
        # A run that leaves a worker's memory is unwound outside of its workflow.
        if for_good and workflow.in_workflow():
            self._run.inbox.close(self.tally.key)
        else:
            self._run.inbox.leave(self.tally.key)
        self._run.narrator.done(self._task.ref)

    def _means(self, envelope: Envelope) -> Literal["item", "end"] | None:
        evaluate, tally = evaluator_of(self._run.meter), self.tally
        for i, one in enumerate(self._ending):
            if i not in tally.ended and matches(one, envelope, evaluate, tally.learned):
                tally.ended.append(i)
                return "end"
        for i, one in enumerate(self._filters):
            open_ = self._task.mode != "all" or i not in tally.met
            if open_ and matches(one, envelope, evaluate, tally.learned):
                if i not in tally.met:
                    tally.met.append(i)
                return "item"
        return None

    async def _ask(self) -> None:
        inbox = self._run.inbox
        while inbox.hushing:
            await workflow.wait_condition(lambda: not inbox.hushing)
        inbox.asking += 1
        try:
            given = await _told(
                "gate.listen",
                {
                    "key": self.tally.key,
                    "step": self._task.ref,
                    "filters": [one.dump() for one in self.mailbox.filters],
                    "since": self._run.since,
                    "age": workflow.time() - self._run.since,
                    "after": self.mailbox.after,
                    "taken": self.mailbox.taken,
                    "closed": inbox.closed(),
                },
                self._task.ref,
            )
        finally:
            inbox.asking -= 1
        events = [(int(seq), envelope) for seq, envelope in given["events"]]
        self.mailbox.told(events, given["after"], more=given["more"])

    async def _wait(self) -> None:
        run = self._run
        if not self.mailbox.waits:
            return
        run.narrator.tell(self._task.ref, f"waits for {self._spoken()}")
        await workflow.wait_condition(lambda: not self.mailbox.waits or run.suspension.wanted)
        run.narrator.done(self._task.ref)
        run.suspension.check()

    def _spoken(self) -> str:
        joint = " and " if self._task.mode == "all" else " or "
        return joint.join(_spoken(one) for one in self._filters)


async def hush(inbox: Inbox) -> None:
    """Tell the hub what the run still listens for."""
    if inbox.hushing:
        return
    inbox.hushing = True
    try:
        while inbox.asking:
            await workflow.wait_condition(lambda: not inbox.asking)
        await _told("gate.hush", inbox.listening(), "")
    except Fault as fault:
        workflow.logger.warning("the event hub is not hushed: %s", fault)
    finally:
        inbox.hushing = False


async def _told(activity: str, asked: Any, ref: str) -> Any:
    try:
        return await workflow.execute_local_activity(
            activity, asked, start_to_close_timeout=PATIENCE, summary=ref
        )
    except (ActivityError, ApplicationError) as error:
        if is_cancelled_exception(error):
            raise
        raise from_failure(error, ref) from error


def evaluator_of(meter: Meter) -> Evaluate:
    """How the run evaluates expressions of filters."""
    return evaluator(workflow.time(), meter.charge)


def _spoken(bound: Bound) -> str:
    test = bound.tests.get("type")
    text = code(str(test.what)) if test is not None else "an event"
    expected = [
        f"{plain(name)} = {plain(str(link.expect))}"
        for name, link in bound.links.items()
        if link.expect is not None
    ]
    return f"{text} ({', '.join(expected)})" if expected else text
