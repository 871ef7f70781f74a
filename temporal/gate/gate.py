"""The gate of one run: it decides before every step and waits, durably, where policy says so."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from smart_city.bundle import Bundle
from smart_city.decide import Approval, ApprovalNeed, Facts, Step, Verdict, decide, needs_fresh
from temporalio import workflow

from smart_city.context import ExecutionContext
from smart_city.grant import Grant, issue
from smart_city.signing import SigningKey
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.invocation import Invocation
from symphainy.json import Json
from symphainy.plan import Plan
from temporal.attributes import STAGE
from temporal.endings import denied
from temporal.gate.decider import DecisionRequest, need_id
from temporal.narrator import Narrator
from temporal.suspension import Suspended, Suspension

__all__ = ["GRANT_LIFE", "MAX_ROUNDS", "Gate", "Skipped", "current"]

GRANT_LIFE = timedelta(minutes=15)
MAX_ROUNDS = 12
"""Decisions in a row, none of which had to wait, after which a step is denied."""

current: ContextVar["Gate"] = ContextVar("gate")
"""The gate of the run that the code is in."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step that policy left out; the flow goes on without it."""

    policy: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said to a request for approval."""

    granted: bool
    by: str
    at: int


@dataclass
class Gate:
    """Decides, holds, asks and grants for one run."""

    context: ExecutionContext
    plan: Plan
    bundle: Bundle
    key: SigningKey
    narrator: Narrator
    suspension: Suspension = field(default_factory=Suspension)
    attributes: bool = True
    """Whether the namespace knows our search attributes."""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: dict[str, int | None] = field(default_factory=dict)
    """Approvals asked for and not yet answered, with the time (unix s) they lapse."""
    askers: dict[str, Principal] = field(default_factory=dict)
    """Who sent each update, by the update's id."""
    paused_by: str | None = None
    """Who paused the run; until somebody resumes it nothing new begins."""
    holding: int = 0

    async def passes(self, invocation: Invocation) -> Verdict | Skipped:
        """Wait until the step may be done; the last, clean verdict, or that it is left out.

        Raises ApplicationError if it may not, Suspended if the run is to go on elsewhere.
        """
        rounds = 0
        while rounds < MAX_ROUNDS:
            await self.unpaused()
            verdict = await self._decide(invocation)
            if self.paused_by is not None:
                continue
            if verdict.outcome == "allow":
                self.narrator.done(invocation.step)
                return verdict
            if verdict.outcome == "skip":
                self.narrator.done(invocation.step)
                return Skipped(verdict.policy, verdict.reason)
            if verdict.outcome == "defer" and verdict.until is not None:
                await self._hold(invocation, verdict, verdict.until)
                rounds = 0
            elif verdict.outcome == "approve" and verdict.approval is not None:
                await self._ask(invocation, verdict, verdict.approval)
                rounds = 0
            elif verdict.outcome != "reserve":
                raise denied(verdict.reason, code=verdict.code, policy=verdict.policy)
            rounds += 1
        raise denied("the policies of this step never settle", code="policy.unsettled", policy=None)

    async def unpaused(self) -> None:
        """Wait while the run is paused; Suspended if it is to go on elsewhere."""
        if self.paused_by is None:
            return
        self.narrator.tell("run", f"is paused by {self.paused_by}")
        self._stage("paused", +1)
        await workflow.wait_condition(lambda: self.paused_by is None or self.suspension.wanted)
        self._stage("running", -1)
        self.narrator.done("run")
        self.suspension.check()

    def grant(self, invocation: Invocation, verdict: Verdict, activity: str, digest: str) -> bytes:
        """Leave to run `activity` once with exactly these arguments, sealed."""
        info, now = workflow.info(), int(workflow.now().timestamp())
        return issue(
            Grant(
                tenant=self.context.tenant,
                environment=self.context.environment,
                principal=self.context.principal,
                solution=self.context.solution,
                version=self.context.version,
                plan=self.context.plan,
                workflow=info.workflow_id,
                run=info.run_id,
                activity=activity,
                step=invocation.step,
                key=invocation.key,
                arguments=digest,
                bundle=verdict.bundle,
                obligations=tuple(self._discharged(invocation)),
                issued=now,
                expires=now + int(GRANT_LIFE.total_seconds()),
                kid=self.key.kid,
            ),
            self.key,
        )

    def answer(self, need: str, *, granted: bool, by: Principal) -> None:
        """Take a person's answer; Refused if nothing was asked or it was answered otherwise."""
        known = self.answers.get(need)
        if known is not None and known.granted == granted:
            return
        if known is not None or need not in self.asked:
            raise Refused("approval.not-pending", f"approval {need} is not waiting for an answer")
        self.asked.pop(need)
        now = int(workflow.now().timestamp())
        self.answers[need] = Answer(granted=granted, by=by.id, at=now)

    def dump(self) -> dict[str, Json]:
        """What must outlive this history."""
        answers: dict[str, Json] = {
            need: [one.granted, one.by, one.at] for need, one in self.answers.items()
        }
        return {"answers": answers, "asked": {**self.asked}, "paused": self.paused_by}

    def load(self, state: dict[str, Json]) -> None:
        """Take over what `dump` gave in the history before."""
        answers, asked, paused = state.get("answers"), state.get("asked"), state.get("paused")
        self.paused_by = paused if isinstance(paused, str) else None
        if isinstance(answers, dict):
            self.answers = {need: Answer(*one) for need, one in answers.items()}  # type: ignore[misc]
        if isinstance(asked, dict):
            self.asked = dict(asked)  # type: ignore[arg-type]

    async def _decide(self, invocation: Invocation) -> Verdict:
        step = self.step(invocation)
        approvals, rejections = self._people(invocation)
        if needs_fresh(self.bundle, step):
            return await self._decide_fresh(invocation, approvals, rejections)
        facts = Facts(now=workflow.now(), approvals=approvals, rejections=rejections)
        verdict = decide(self.bundle, step, facts)
        if verdict.outcome == "approve":
            return await self._decide_fresh(invocation, approvals, rejections)
        return verdict

    async def _decide_fresh(
        self,
        invocation: Invocation,
        approvals: dict[str, Approval],
        rejections: dict[str, Approval],
    ) -> Verdict:
        request = DecisionRequest(
            step=invocation.step,
            task=invocation.task,
            key=invocation.key,
            capability=invocation.capability,
            effect=invocation.effect,
            channel=invocation.channel,
            purpose=invocation.purpose,
            topic=invocation.topic,
            customer=invocation.customer,
            conditions=invocation.conditions,
            approvals={name: (one.by, one.at) for name, one in approvals.items()},
            rejections={name: (one.by, one.at) for name, one in rejections.items()},
        )
        return await workflow.execute_local_activity(
            "gate.decide",
            request,
            result_type=Verdict,
            start_to_close_timeout=timedelta(seconds=10),
            summary=invocation.step,
        )

    async def _hold(self, invocation: Invocation, verdict: Verdict, until: datetime) -> None:
        self.narrator.tell(invocation.step, f"is held: {verdict.reason}")
        remaining = until - workflow.now()
        if remaining > timedelta(0):
            await self._wait("held", remaining, f"{invocation.task}: {verdict.reason}", set())

    async def _ask(self, invocation: Invocation, verdict: Verdict, need: ApprovalNeed) -> None:
        id = need_id(self.context, invocation.key, need.policy)
        if id not in self.asked:
            lapses = workflow.now() + need.within if need.within else None
            self.asked[id] = int(lapses.timestamp()) if lapses else None
        self.narrator.tell(invocation.step, f"waits for a person: {verdict.reason}")
        lapse = self.asked[id]
        remaining = _until(lapse) if lapse is not None else None
        await self._wait("approval", remaining, f"{invocation.task}: {verdict.reason}", {id})
        if id not in self.answers:
            now = int(workflow.now().timestamp())
            self.asked.pop(id, None)
            self.answers[id] = Answer(granted=False, by="", at=now)

    async def _wait(
        self, stage: str, remaining: timedelta | None, summary: str, needs: set[str]
    ) -> None:
        self._stage(stage, +1)
        try:
            await workflow.wait_condition(
                lambda: self.suspension.wanted or bool(needs & self.answers.keys()),
                timeout=remaining,
                timeout_summary=summary[:200],
            )
        except TimeoutError:
            pass
        finally:
            self._stage("running", -1)
        if self.suspension.wanted and not needs & self.answers.keys():
            raise Suspended

    def _stage(self, stage: str, change: int) -> None:
        self.holding += change
        if self.attributes and self.holding == (1 if change > 0 else 0):
            workflow.upsert_search_attributes([STAGE.value_set(stage)])

    def step(self, invocation: Invocation) -> Step:
        """What is about to happen, as the decision point wants it."""
        return Step(
            tenant=self.context.tenant,
            environment=self.context.environment,
            solution=self.context.solution,
            run=self.context.workflow,
            step=invocation.step,
            task=invocation.task,
            capability=invocation.capability,
            effect=invocation.effect,
            channel=invocation.channel,
            purpose=invocation.purpose,
            topic=invocation.topic,
            customer=invocation.customer,
            principal=self.context.principal,
            conditions=invocation.conditions,
            key=invocation.key,
        )

    def _people(self, invocation: Invocation) -> tuple[dict[str, Approval], dict[str, Approval]]:
        given: tuple[dict[str, Approval], dict[str, Approval]] = ({}, {})
        for name in self.plan.policies:
            answer = self.answers.get(need_id(self.context, invocation.key, name))
            if answer is not None:
                at = datetime.fromtimestamp(answer.at, UTC)
                given[0 if answer.granted else 1][name] = Approval(by=answer.by, at=at)
        return given

    def _discharged(self, invocation: Invocation) -> list[str]:
        approvals, _ = self._people(invocation)
        return [
            f"approved:{name}:{one.by}:{int(one.at.timestamp())}" for name, one in approvals.items()
        ]


def _until(lapse: int) -> timedelta:
    return max(datetime.fromtimestamp(lapse, UTC) - workflow.now(), timedelta(seconds=1))
