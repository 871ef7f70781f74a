"""The gate of one run: it decides before every step and waits, durably, where policy says so."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel
from temporalio import workflow

from smart_city.approval import Approval, ApprovalNeed, Rejection, admissible
from smart_city.bundle import Bundle
from smart_city.context import ExecutionContext
from smart_city.decide import Facts, Verdict, advice, applies, decide, needs_fresh
from smart_city.documents import LAYERS
from smart_city.grant import Grant, issue, prove
from smart_city.signing import SigningKey
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.invocation import Invocation
from symphainy.json import Json
from symphainy.markdown import plain
from symphainy.plan import Plan
from temporal.addresses import queue_of
from temporal.attributes import STAGE, VERSION
from temporal.endings import denied
from temporal.gate.request import DecisionRequest, need_id, obligations_of, step_of
from temporal.gate.succession import Inherits, Successor
from temporal.headers import GRANT, PROOF
from temporal.limits import LOCAL_STEPS
from temporal.narrator import Narrator
from temporal.slots import Slots
from temporal.suspension import Suspended, Suspension
from temporal.telemetry.run import RunSpans

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
    state: str = "skipped"
    """`expired` where policy would hold it until it is not worth doing."""


class Asked(BaseModel):
    """An approval that was asked for, and what came of it."""

    need: ApprovalNeed
    lapses: datetime | None = None
    granted: bool | None = None
    """None while nobody has answered."""
    by: Principal | None = None
    """None for an answer by nobody in time."""
    at: datetime | None = None

    @property
    def void(self) -> bool:
        """Whether another version asks anew, so that an answer would be to nothing."""
        return self.granted is None and self.need.policy.partition("/")[0] in LAYERS


@dataclass
class Gate:
    """Decides, holds, asks and grants for one run."""

    context: ExecutionContext
    plan: Plan
    bundle: Bundle
    key: SigningKey
    narrator: Narrator
    spans: RunSpans
    suspension: Suspension = field(default_factory=Suspension)
    attributes: bool = True
    """Whether the namespace knows our search attributes."""
    asked: dict[str, Asked] = field(default_factory=dict)
    """Every approval this run asked for, by its id."""
    askers: dict[str, Principal] = field(default_factory=dict)
    """Who sent each update, by the update's id."""
    children: dict[str, bytes] = field(default_factory=dict)
    """By workflow id: the signed context of each child that was admitted and not started yet."""
    paused_by: str | None = None
    """Who paused the run; until somebody resumes it nothing new begins."""
    holding: int = 0
    rests: Callable[[str, bool], Awaitable[None]] | None = None
    """Is told when a step begins to wait for policy, and when it goes on."""
    inherits: Inherits | None = None
    """What lets the run go over to another version."""
    successor: Successor | None = None
    """The version that the run goes over to as soon as it is where that one is too."""
    inherited: bytes | None = None
    """The context that the next history begins with, if it is by another version."""
    in_a_row: int = 0
    """Local activities since an ordinary one ended, and with it the workflow task."""

    def __post_init__(self) -> None:
        self.slots = Slots(self.suspension)

    async def passes(
        self, invocation: Invocation, *, fresh: bool = False, leased: bool = False
    ) -> Verdict | Skipped:
        """Wait until the step may be done; the last, clean verdict, or that it is left out.

        With `fresh` it is decided on fresh facts by every layer even if it has no effect. With
        `leased`, what it takes of caps is kept for it only until it should have begun.
        Raises ApplicationError if it may not, Suspended if the run is to go on elsewhere.
        """
        rounds = 0
        while rounds < MAX_ROUNDS:
            await self.unpaused()
            verdict = await self._decide(invocation, fresh, leased)
            if self.paused_by is not None:
                continue
            if verdict.outcome == "allow":
                self.narrator.done(invocation.step)
                return verdict
            if verdict.outcome == "skip":
                self.narrator.done(invocation.step)
                return Skipped(verdict.policy, verdict.reason)
            if _too_late(invocation, verdict.until):
                self.narrator.done(invocation.step)
                return Skipped(verdict.policy, verdict.reason, "expired")
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
        self.narrator.tell("run", f"is paused by {plain(self.paused_by)}")
        self._stage("paused", +1)
        await workflow.wait_condition(lambda: self.paused_by is None or self.suspension.wanted)
        self._stage("running", -1)
        self.narrator.done("run")
        self.suspension.check()

    def grant(
        self,
        invocation: Invocation,
        verdict: Verdict,
        activity: str,
        digest: str,
        queue: str | None,
    ) -> Grant:
        """Leave to run `activity` once with exactly these arguments, taken from that task queue."""
        info, now = workflow.info(), int(workflow.now().timestamp())
        return Grant(
            tenant=self.context.tenant,
            environment=self.context.environment,
            principal=self.context.principal,
            solution=self.context.solution,
            version=self.context.version,
            plan=self.context.plan,
            intent=self.context.intent,
            workflow=info.workflow_id,
            run=info.run_id,
            activity=activity,
            queue=queue_of(queue or info.task_queue),
            step=invocation.step,
            key=invocation.key,
            arguments=digest,
            bundle=verdict.bundle,
            obligations=obligations_of(self._people(invocation)[0]),
            depth=self.context.depth,
            issued=now,
            expires=now + int(GRANT_LIFE.total_seconds()),
        )

    @property
    def many_in_a_row(self) -> bool:
        """Whether so many local activities were begun that an ordinary one has to be next."""
        return self.in_a_row >= LOCAL_STEPS

    def seal(self, grant: Grant) -> tuple[str, bytes]:
        """`grant` as a header: workers like this one need no more than a proof."""
        if not grant.queue and grant.bundle == self.bundle.digest:
            return PROOF, prove(grant, self.key)
        return GRANT, issue(grant, self.key)

    def answer(self, id: str, *, granted: bool, by: Principal) -> None:
        """Take a person's answer.

        Refused: approval.not-pending, approval.decided, and what
        `smart_city.approval.admissible` refuses.
        """
        asked = self.asked.get(id)
        if asked is None:
            raise Refused("approval.not-pending", f"approval {id} is not waiting for an answer")
        if asked.granted is not None:
            if asked.granted == granted and asked.by == by:
                return
            if asked.by is None:
                raise Refused("approval.not-pending", f"nobody answered approval {id} in time")
            raise Refused("approval.decided", f"approval {id} was answered before")
        admissible(asked.need, by, tenant=self.context.tenant)
        self.asked[id] = asked.model_copy(
            update={"granted": granted, "by": by, "at": workflow.now()}
        )

    def expect(self, id: str, need: ApprovalNeed) -> None:
        """From now on an answer to `id` is taken; who reads the register may be quick."""
        if id not in self.asked:
            lapses = workflow.now() + need.within if need.within else None
            self.asked[id] = Asked(need=need, lapses=lapses)

    async def asks(self, invocation: Invocation, id: str, need: ApprovalNeed, reason: str) -> Asked:
        """What people answered, once one of them has or nobody did in time.

        Whoever calls makes sure that `id` is in the register of approvals. Suspended if the run
        is to go on elsewhere.
        """
        self.expect(id, need)
        self.narrator.tell(invocation.step, f"waits for a person: {plain(reason)}")
        lapses = self.asked[id].lapses
        remaining = max(lapses - workflow.now(), timedelta(seconds=1)) if lapses else None
        summary = plain(f"{invocation.task}: {reason}")
        with self.spans.waiting(invocation, "approval"):
            async with self._resting(invocation.step):
                await self._wait("approval", remaining, summary, lambda: self._answered(id))
        if not self._answered(id):
            update = {"granted": False, "at": workflow.now()}
            self.asked[id] = self.asked[id].model_copy(update=update)
        return self.asked[id]

    def succeed(self, token: bytes) -> None:
        """Mean to go over to the version that `token` was signed for; see `Inherits`."""
        if self.inherits is None:
            raise Refused("context.misplaced", "this is no run of a solution")
        self.successor = self.inherits(token)

    def go_over(self) -> None:
        """Let the next history begin by the version meant."""
        if self.successor is None:
            return
        self.inherited, version = self.successor.token, self.successor.plan.version
        self.successor = None
        if self.attributes:
            workflow.upsert_search_attributes([VERSION.value_set(version)])

    def dump(self) -> dict[str, Json]:
        """What must outlive this history."""
        asked: dict[str, Json] = {
            id: one.model_dump(mode="json")
            for id, one in self.asked.items()
            if not (self.inherited and one.void)
        }
        state: dict[str, Json] = {"asked": asked, "paused": self.paused_by}
        if self.successor is not None:
            state["successor"] = base64.b64encode(self.successor.token).decode()
        return state

    def load(self, state: dict[str, Json]) -> None:
        """Take over what `dump` gave in the history before."""
        asked, paused = state.get("asked"), state.get("paused")
        self.paused_by = paused if isinstance(paused, str) else None
        successor = state.get("successor")
        if isinstance(successor, str):
            self.succeed(base64.b64decode(successor))
        if isinstance(asked, dict):
            self.asked = {id: Asked.model_validate(one) for id, one in asked.items()}

    async def _decide(self, invocation: Invocation, fresh: bool, leased: bool) -> Verdict:
        approvals, rejections = self._people(invocation)
        step = step_of(self.context, invocation)
        heard = self.bundle.advised or self.bundle
        if not fresh and not applies(heard, step):
            return Verdict(outcome="allow", bundle=self.bundle.digest, facts_digest="")
        if not fresh and not needs_fresh(heard, step):
            facts = Facts(now=workflow.now(), approvals=approvals, rejections=rejections)
            verdict = decide(self.bundle, step, facts)
            # What people are asked, and what they are to be told, is in the register.
            if verdict.outcome != "approve" and advice(self.bundle, step, facts) is None:
                self.spans.decided(invocation, verdict)
                return verdict
        now = workflow.now()
        request = DecisionRequest.of(invocation, now, approvals, rejections, leased=leased)
        found: dict[str, Json] = await workflow.execute_local_activity(
            "gate.decide",
            request,
            result_type=dict,
            start_to_close_timeout=timedelta(seconds=10),
            summary=invocation.step,
        )
        known = {"bundle": self.bundle.digest, "facts_digest": ""}
        return Verdict.model_validate({**known, **found})

    async def _hold(self, invocation: Invocation, verdict: Verdict, until: datetime) -> None:
        self.narrator.tell(invocation.step, f"is held: {plain(verdict.reason)}")
        remaining = max(until - workflow.now(), timedelta(seconds=1))
        with self.spans.waiting(invocation, "held"):
            async with self._resting(invocation.step):
                await self._wait("held", remaining, plain(f"{invocation.task}: {verdict.reason}"))

    async def _ask(self, invocation: Invocation, verdict: Verdict, need: ApprovalNeed) -> None:
        id = need_id(self.context, invocation.key, need.policy)
        await self.asks(invocation, id, need, verdict.reason)

    @asynccontextmanager
    async def _resting(self, step: str) -> AsyncIterator[None]:
        if self.rests is not None:
            await self.rests(step, True)
        yield
        if self.rests is not None:
            await self.rests(step, False)

    def _answered(self, id: str) -> bool:
        return self.asked[id].granted is not None

    async def _wait(
        self,
        stage: str,
        remaining: timedelta | None,
        summary: str,
        done: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stage(stage, +1)
        try:
            await workflow.wait_condition(
                lambda: self.suspension.wanted or done(),
                timeout=remaining,
                timeout_summary=summary[:200],
            )
        except TimeoutError:
            pass
        finally:
            self._stage("running", -1)
        if self.suspension.wanted and not done():
            raise Suspended

    def _stage(self, stage: str, change: int) -> None:
        self.holding += change
        # A run that leaves a worker's memory is unwound outside of its workflow.
        if workflow.in_workflow() and self.attributes and self.holding == (1 if change > 0 else 0):
            workflow.upsert_search_attributes([STAGE.value_set(stage)])

    def _people(self, invocation: Invocation) -> tuple[dict[str, Approval], dict[str, Rejection]]:
        approvals: dict[str, Approval] = {}
        rejections: dict[str, Rejection] = {}
        if not self.asked:
            return approvals, rejections
        # By what was asked, not by the policies that the run knows: others may ask too.
        for id, asked in self.asked.items():
            policy = asked.need.policy
            if asked.granted is None or asked.at is None:
                continue
            if policy.partition("/")[0] not in LAYERS:
                continue
            if id != need_id(self.context, invocation.key, policy):
                continue
            if asked.granted and asked.by is not None:
                approvals[policy] = Approval(by=asked.by, at=asked.at)
            else:
                rejections[policy] = Rejection(by=asked.by, at=asked.at)
        return approvals, rejections


def _too_late(invocation: Invocation, until: datetime | None) -> bool:
    """Whether the step would be held until nobody wants it any more."""
    if until is None or invocation.expires is None:
        return False
    return until >= datetime.fromisoformat(invocation.expires)
