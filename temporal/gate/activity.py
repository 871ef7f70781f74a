"""The last gate: in the pool that does the effect, on every attempt."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
)

from public_works.customers import Customer
from public_works.egress import CLEARANCE
from public_works.telemetry import CURRENT, names, span
from smart_city.context import ExecutionContext
from smart_city.grant import Grant, admit, admit_proof, fit
from smart_city.policies.lists import CALLS
from symphainy.errors import Ending, Refused, Unavailable
from symphainy.json import canonical, digest
from symphainy.plan import Call, Emit, Http, Plan, Remote
from temporal.addresses import queue_of, run_of
from temporal.codec.converter import Unread
from temporal.endings import again, denied, elsewhere, failure
from temporal.gate.decider import PURE
from temporal.gate.governing import bundle_of
from temporal.gate.request import DecisionRequest, destination_in, phone_in
from temporal.gate.services import GateServices
from temporal.headers import CONTEXT, GRANT, PROOF, read
from temporal.limits import LOCAL_RESULT

__all__ = ["ActivityGate", "asking", "granted", "looked_at"]

UNSENT = frozenset({"digested", "expired", "suppressed"})

granted: ContextVar[Grant] = ContextVar("granted")
"""The grant of the activity that the code is in."""

looked_at: ContextVar[Customer | None] = ContextVar("looked_at", default=None)
"""The customer as the last look at this attempt saw them, if it saw any."""

asking: ContextVar[ExecutionContext] = ContextVar("asking")
"""The context of the run that asks for a decision."""


class ActivityGate(ActivityInboundInterceptor):
    """Refuses what has no grant, and looks once more before anything leaves."""

    def __init__(self, next: ActivityInboundInterceptor, services: GateServices) -> None:
        super().__init__(next)
        self._services = services

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """See base class."""
        info = activity.info()
        grant: Grant | None = None
        try:
            _read(input)
            if info.activity_type.startswith("gate."):
                asking.set(self._context(input, info))
            else:
                grant = await self._admit(input, info)
            result = await super().execute_activity(input)
            if grant and self._services.decider and _left_alone(result):
                await self._services.decider.release(grant)
        except Ending as ending:
            # Nothing happened: until the next attempt takes it again, others may have the place.
            if isinstance(ending, Refused | Unavailable) and grant and self._services.decider:
                await self._services.decider.release(grant)
            raise failure(ending) from ending
        if info.is_local and grant and len(canonical(result)) > LOCAL_RESULT:
            raise elsewhere(f"a local activity may give {LOCAL_RESULT:,} bytes")
        return result

    def _context(self, input: ExecuteActivityInput, info: activity.Info) -> ExecutionContext:
        token = read(input.headers, CONTEXT)
        if token is None or info.workflow_id is None:
            raise Refused("context.missing", "a decision was asked for without a signed context")
        run = info.workflow_run_id or ""
        return self._services.contexts.verified(token, workflow=info.workflow_id, run=run)

    async def _admit(self, input: ExecuteActivityInput, info: activity.Info) -> Grant:
        wire = input.args[0] if input.args else None
        call: dict[str, Any] = {
            "workflow": info.workflow_id or "",
            "run": info.workflow_run_id or "",
            "activity": info.activity_type,
            "arguments_digest": digest(wire),
            "queue": queue_of(info.task_queue),
            "now": int(info.started_time.timestamp()),
        }
        proof, key = read(input.headers, PROOF), self._services.key
        if info.is_local:
            grant = self._services.handed.shown(input.headers)
            fit(grant, **call)
        elif proof is not None and key is not None and info.workflow_id is not None:
            known = await self._known(info, call["arguments_digest"])
            grant = admit_proof(proof, key, known, now=call["now"])
        else:
            grant = admit(read(input.headers, GRANT), self._services.keys, **call)
        if self._services.tenant not in (None, grant.tenant):
            raise Refused("grant.misplaced", f"this pool serves {self._services.tenant} only")
        if self._services.decider:
            await self._services.decider.stands(grant)
        await self._look(grant, wire, info.started_time)
        granted.set(grant)
        return grant

    async def _known(self, info: activity.Info, arguments: str) -> Callable[..., Grant]:
        """The grant as far as this side can tell what it has to say."""
        workflow, run = info.workflow_id or "", info.workflow_run_id or ""
        context = await self._services.contexts.of(activity.client(), workflow=workflow, run=run)
        return partial(
            Grant,
            tenant=context.tenant,
            environment=context.environment,
            principal=context.principal,
            solution=context.solution,
            version=context.version,
            plan=context.plan,
            intent=context.intent,
            workflow=workflow,
            run=run,
            activity=info.activity_type,
            queue=queue_of(info.task_queue),
            step=info.activity_id.rpartition("#")[0],
            key=info.activity_id,
            arguments=arguments,
            bundle=bundle_of(self._services.plans.get(context.plan)).digest,
            depth=context.depth,
        )

    async def _look(self, grant: Grant, wire: Any, now: datetime) -> None:
        decider = self._services.decider
        if decider is None or not isinstance(wire, dict):
            return
        request = _request(self._services.plans.get(grant.plan), grant, wire, now)
        if request is None:
            return
        if grant.activity in CALLS or request.channel == "webhook":
            CLEARANCE.set(decider.clearance(grant, request))
        # The run decided on it already, unless others than its solution speak about it.
        if request.effect in PURE and not await decider.concerned(grant, request):
            return
        about = {names.POINT: "attempt", names.STEP: grant.step, names.TENANT: grant.tenant}
        with span("decide again", {**about, names.RUN: run_of(grant.workflow)}) as made:
            verdict, customer = await decider.look(grant, request)
            made.set_attribute(names.OUTCOME, verdict.outcome)
        telemetry, kind = CURRENT.get(), request.channel or request.effect
        if telemetry is not None:
            told = (verdict.outcome, kind, verdict.layer or "none", "attempt")
            telemetry.meters.decisions.labels(*told).inc()
        looked_at.set(customer)
        if verdict.outcome == "allow" and not verdict.masks:
            return
        if verdict.masks:
            # Its run masks it: what it knows of the step is all that leaves it.
            raise again("it is to be masked first")
        if verdict.outcome == "deny":
            raise denied(verdict.reason, code=verdict.code, policy=verdict.policy)
        raise again(verdict.reason)


def _read(input: ExecuteActivityInput) -> None:
    """Return if the codec opened what the activity is told; refused as it was refused."""
    for one in input.args:
        if isinstance(one, Unread):
            raise one.error


def _left_alone(result: Any) -> bool:
    """Whether nothing was sent and nothing will be, so that it takes no place under a cap."""
    return isinstance(result, dict) and result.get("state") in UNSENT


def _request(
    plan: Plan, grant: Grant, wire: dict[str, Any], now: datetime
) -> DecisionRequest | None:
    """The decision to ask for before an attempt; None where a step is none that policies see."""
    task = plan.task(grant.step)
    if not isinstance(task, Call | Http | Remote | Emit):
        return None
    bound = plan.experiences.get(wire.get("experience", ""))
    return DecisionRequest(
        now=now,
        step=grant.step,
        task=task.name,
        key=grant.key,
        capability=grant.activity,
        effect=task.effect,
        channel=bound.channel if bound else None,
        purpose=bound.purpose if bound else None,
        topic=bound.topic if bound else None,
        customer=wire.get("customer"),
        phone=phone_in(wire.get("with")),
        experience=wire.get("experience"),
        destination=destination_in(wire.get("with", wire), bound.channel if bound else None),
        conditions=wire.get("conditions", {}),
        arguments=wire.get("with", wire),
        classes=wire.get("classes", {}),
    )
