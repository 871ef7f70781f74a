"""One run of a solution: the dynamic workflow that interprets its plan."""

import asyncio
import base64
from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, VersioningBehavior
from temporalio.exceptions import ApplicationError
from temporalio.workflow import ContinueAsNewVersioningBehavior, DynamicWorkflowConfig

from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Plan, Task
from symphainy.plan.migration import renamed, renames
from temporal.addresses import run_of
from temporal.endings import failure
from temporal.gate import Gate, Skipped, asker, current
from temporal.keys import business_key
from temporal.narrator import Narrator
from temporal.suspension import Suspended, Suspension
from workflows.interpreter import calls, classes, timeouts
from workflows.interpreter.bounds import bounded
from workflows.interpreter.breath import breathe
from workflows.interpreter.chains import again
from workflows.interpreter.classes import Values
from workflows.interpreter.deliveries import resend
from workflows.interpreter.descriptors import About, of_run, of_runtime
from workflows.interpreter.extensions import extended
from workflows.interpreter.faults import Fault
from workflows.interpreter.flow import End, Frame, Result, walk
from workflows.interpreter.inbox import Inbox
from workflows.interpreter.kinds import DURABLE, INLINE
from workflows.interpreter.lifecycle import Lifecycle
from workflows.interpreter.listen import evaluator_of, hush
from workflows.interpreter.meter import Meter
from workflows.interpreter.moves import Elsewhere, moved
from workflows.interpreter.scope import Scope
from workflows.interpreter.secrets import described
from workflows.interpreter.trail import Telling, correlating

__all__ = ["Run", "SolutionRun"]

REMOTE = frozenset({"http", "remote"})
"""Tasks that may have an authentication."""


class Run:
    """The state of one run; what a kind of task needs of it is in the protocols of its module."""

    def __init__(
        self, plan: Plan, gate: Gate, input: Json, wish: dict[str, Any] | None = None
    ) -> None:
        self.plan = plan
        self.wish = wish
        """The message that it sends once more, if that is all it does."""
        self.gate = gate
        self.input = input
        self.context: Json = None
        self.meter = Meter()
        self.narrator: Narrator = gate.narrator
        self.suspension: Suspension = gate.suspension
        self.conditions: dict[str, bool] | None = None
        self.classified: Values | None = None
        self.learned: Values = {}
        self.starts = 0
        self._visits: dict[str, int] = {}
        # `start_time` is when a worker took it up: what was told before that counts too.
        self._started = workflow.info().workflow_start_time.timestamp()
        self._due: float | None = None
        self._outermost = frozenset(task.ref for task in plan.tasks)
        self.inbox = Inbox(lambda: evaluator_of(self.meter))
        self.lifecycle = Lifecycle(
            plan, run_of(workflow.info().workflow_id), lambda: self.inbox.newest
        )
        gate.rests = self._rests

    async def finish(self, frame: Frame | None) -> Json:
        """The run's output; Suspended if it is to go on in another history."""
        scope = self._scope()
        if self.wish is not None:
            return (await resend(self, self.wish, scope, frame)).data
        data = self.input
        if frame is None:
            scope.conform(self.plan.input, data, "the input of the run")
            data = scope.shape(self.plan.input, data)
            self._due = timeouts.due(self.plan.timeout, data, scope.plus(input=data), "")
        try:
            walking = walk(self, self.plan.tasks, data, scope, frame)
            data = (await timeouts.within(self._due, walking, "", "the run", frame)).data
        except End as end:
            data = end.data
        scope = scope.later(workflow.time(), self.context)
        data = scope.shape(self.plan.output, data)
        scope.conform(self.plan.output, data, "the output of the run")
        return bounded(data, "the output of the run")

    async def step(self, task: Task, data: Json, scope: Scope, frame: Frame | None) -> Result:
        """One task with everything around it."""
        raw, inner = data, None
        started = frame["started"] if frame is not None else workflow.time()
        here = self._at(About(self.plan, task, raw, started), scope)
        if frame is None and task.if_ is not None and not here.test(task.if_, raw):
            return Result(raw)
        with Telling(task, self.lifecycle, frame.get("told", 1) if frame else 0) as telling:
            if frame is not None:
                taken, inner, due = frame["input"], frame["inner"], frame["due"]
                here = here.plus(input=taken)
            else:
                here.conform(task.input, raw, f"the input of `{task.name}`")
                taken = here.shape(task.input, raw)
                here = here.plus(input=taken)
                due = timeouts.due(task.timeout, taken, here, task.ref)
            try:
                doing = self._body(task, taken, here, inner, telling)
                given = await timeouts.within(due, doing, task.ref, f"`{task.name}`", inner)
            except Suspended as left:
                if left.frame is None and due is None:
                    raise
                at = {"started": started, "due": due, "told": telling.state}
                raise left.within(input=taken, **at) from None
            return Result(raw, task.then) if given is None else self._give(task, given, here)

    async def bypass(self, task: Task, scope: Scope) -> bool:
        """See Extender."""
        return task.gated or await self._allowed(task, scope)

    async def boundary(self, ref: str) -> None:
        """See Walker."""
        self.meter.walked()
        await self.lifecycle.settle()
        if self.meter.empty:
            await breathe(self.meter)
        # Inside of a task the run may be where no other version is; between the outermost ones,
        # never.
        moves = self.gate.successor is not None and ref in self._outermost
        if moves or workflow.info().is_continue_as_new_suggested():
            self.suspension.wanted = True
        self.suspension.check()
        await self.gate.unpaused()

    @property
    def since(self) -> float:
        """See Listener."""
        return self._started

    @property
    def business_key(self) -> str:
        """See Listener."""
        return business_key(self.plan, self.gate.context, self.input)

    def instance(self, ref: str) -> str:
        """See Caller: `ref` and how often this run has been there, the first time 1."""
        self._visits[ref] = self._visits.get(ref, 0) + 1
        return f"{ref}#{self._visits[ref]}"

    async def receive(self, seq: int, envelope: dict[str, Json]) -> None:
        """Take in an event of the hub."""
        if workflow.info().is_continue_as_new_suggested():
            self.suspension.wanted = True
        if self.inbox.receive(seq, envelope):
            await hush(self.inbox)

    def dump(self, frame: Json) -> dict[str, Json]:
        """All that the next history needs to go on where this one stops."""
        return {
            "format": 1,
            "frame": frame,
            "context": self.context,
            "visits": {**self._visits},
            "started": self._started,
            "due": self._due,
            "inbox": self.inbox.dump(),
            "told": self.lifecycle.count,
            "gate": self.gate.dump(),
            **classes.dumped(self),
        }

    def leave(self, frame: Json) -> dict[str, Json]:
        """What `dump` gives; by the version that the run goes over to, if it can right here."""
        successor = self.gate.successor
        if successor is None or not isinstance(frame, dict):
            return self.dump(frame)
        try:
            there: Json = moved(frame, self.plan.tasks, successor.plan.tasks)
        except Elsewhere:
            return self.dump(frame)
        refs = renames(self.plan, successor.plan)
        self._visits = {renamed(key, refs): times for key, times in self._visits.items()}
        self.gate.go_over()
        return self.dump(there)

    def load(self, state: dict[str, Any]) -> Frame | None:
        """Take over what `dump` gave; the position to go on from."""
        self.context = state["context"]
        self._visits = dict(state["visits"])
        self._started, self._due = state["started"], state["due"]
        self.inbox.load(state["inbox"])
        self.lifecycle.count = state["told"]
        self.gate.load(state["gate"])
        self.learned = classes.loaded(state)
        frame: Frame | None = state["frame"]
        return frame

    async def _rests(self, step: str, resting: bool) -> None:
        self.lifecycle.task("suspended" if resting else "resumed", step)
        await self.lifecycle.flush()

    async def _body(
        self, task: Task, data: Json, scope: Scope, frame: Frame | None, telling: Telling
    ) -> Result | None:
        """What the task gives with its extensions; None if policy leaves it out."""
        if task.gated and frame is None and not await self._allowed(task, scope):
            return None
        if not task.extended:
            telling.begin()
            return await self._perform(task, data, scope, frame)

        async def perform(inner: Frame | None) -> Result:
            here = scope.later(workflow.time(), self.context)
            telling.begin()
            done = await self._perform(task, data, here, inner)
            telling.end()
            return done

        return await extended(self, task, task.extended, data, scope, frame, perform)

    async def _perform(self, task: Task, data: Json, scope: Scope, frame: Frame | None) -> Result:
        inline = INLINE.get(task.kind)
        if inline is not None:
            return inline(task, data, scope)
        with correlating(task, self.lifecycle, anew=frame is None):
            await self.lifecycle.flush()
            return await DURABLE[task.kind](self, task, data, scope, frame)

    def _give(self, task: Task, given: Result, scope: Scope) -> Result:
        then = given.then if given.then != "continue" else task.then
        if task.output is None and task.export is None:
            return Result(given.data, then)
        scope = scope.later(workflow.time(), self.context).done(given.data)
        if task.kind in REMOTE:
            scope = scope.plus(**described(task))
        output = scope.shape(task.output, given.data)
        scope.conform(task.output, output, f"the output of `{task.name}`")
        if task.export is not None:
            exported = scope.plus(output=output).shape(task.export, output)
            scope.conform(task.export, exported, f"the export of `{task.name}`")
            self.context = exported
        return Result(output, then)

    async def _allowed(self, task: Task, scope: Scope) -> bool:
        """Whether policy lets a task happen that calls nothing; waits until it does."""
        asked = calls.internal(self, task, scope)
        try:
            return not isinstance(await self.gate.passes(asked), Skipped)
        except Suspended:
            # The same visit is asked for again after continue-as-new, with the same key.
            self._visits[f"{task.ref}/gate"] -= 1
            raise
        except ApplicationError as error:
            raise calls.from_failure(error, task.ref) from error

    def _at(self, about: About, scope: Scope) -> Scope:
        return scope.at(about, workflow.time(), self.context)

    def _scope(self) -> Scope:
        context = self.gate.context
        run = run_of(workflow.info().workflow_id)
        variables = {
            "workflow": of_run(self.plan, run, self.input, self._started),
            "runtime": of_runtime(self.plan, context.tenant, context.environment),
        }
        return Scope(variables, self.meter, workflow.time())


@workflow.defn(dynamic=True)
class SolutionRun:
    """Every solution's workflow: its type is the solution's address, its plan says the rest."""

    def __init__(self) -> None:
        self._run: Run | None = None

    @workflow.dynamic_config
    def configure(self) -> DynamicWorkflowConfig:
        """Runs stay on the interpreter they began with."""
        return DynamicWorkflowConfig(versioning_behavior=VersioningBehavior.PINNED)

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> Any:
        """The output of the run; a failure of the error's type if it faults."""
        converter = workflow.payload_converter()
        started: dict[str, Any] = converter.from_payload(args[0].payload, dict)
        gate = current.get()
        run = self._run = Run(gate.plan, gate, started.get("input"), started.get("resend"))
        frame = run.load(started["resume"]) if started.get("resume") else None
        chain: str | None = started.get("chain")
        try:
            output = await self._told(run, frame, chain)
        except Fault as fault:
            await again(chain)
            raise _failed(fault) from fault
        await again(chain)
        return output

    async def _told(self, run: Run, frame: Frame | None, chain: str | None) -> Json:
        if run.wish is not None:
            # The solution does not run: nobody hears that it did.
            return await self._walk(run, frame, chain)
        if frame is None:
            run.lifecycle.began()
        try:
            output = await self._walk(run, frame, chain)
            run.lifecycle.run("completed")
            return output
        except Fault as fault:
            run.lifecycle.run("faulted", error=fault.problem)
            raise
        except asyncio.CancelledError:
            run.lifecycle.run("cancelled")
            raise
        finally:
            if workflow.in_workflow():
                await run.lifecycle.flush()

    async def _walk(self, run: Run, frame: Frame | None, chain: str | None) -> Json:
        try:
            return await run.finish(frame)
        except Suspended as left:
            await run.lifecycle.flush()
            await workflow.wait_condition(workflow.all_handlers_finished)
            position: dict[str, Json] = {"input": run.input, "resume": run.leave(left.frame)}
            if chain is not None:
                position["chain"] = chain
            if run.wish is not None:
                position["resend"] = run.wish
            going_on = bounded(position, "the data of the run")
            workflow.continue_as_new(
                args=[going_on],
                initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
            )

    @workflow.update
    async def pause(self) -> None:
        """Begin no further step."""
        run = await self._begun()
        run.gate.paused_by = asker().id
        run.lifecycle.run("suspended")
        await run.lifecycle.flush()

    @workflow.update
    async def resume(self) -> None:
        """Go on."""
        run = await self._begun()
        run.gate.paused_by = None
        run.lifecycle.run("resumed")
        await run.lifecycle.flush()

    @workflow.update
    async def migrate(self, token: str) -> None:
        """Go on by another version, from the next boundary on that both have."""
        run = await self._begun()
        try:
            if run.wish is not None:
                raise Refused("run.cannot-migrate", "it only sends a message once more")
            run.gate.succeed(base64.b64decode(token))
        except Refused as refused:
            raise failure(refused) from refused
        run.suspension.wanted = True

    @workflow.update
    async def answer(self, need: str, granted: bool) -> None:
        """Say yes or no to an approval this run waits for."""
        run = await self._begun()
        try:
            run.gate.answer(need, granted=granted, by=asker())
        except Refused as refused:
            raise failure(refused) from refused

    @workflow.signal(unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON)
    async def event(self, seq: int, envelope: dict[str, Any]) -> None:
        """An event of the hub, for whatever listens in this run."""
        if self._run is not None:
            await self._run.receive(seq, envelope)

    async def _begun(self) -> Run:
        # An update may come with the very first activation, before `run` has begun.
        await workflow.wait_condition(lambda: self._run is not None)
        assert self._run is not None  # noqa: S101 - just waited for
        return self._run


def _failed(fault: Fault) -> ApplicationError:
    problem = fault.problem
    return ApplicationError(
        str(problem.get("detail") or problem.get("title") or "the run faulted"),
        {"problem": problem},
        type=str(problem.get("type")),
        non_retryable=True,
    )
