"""Decisions on fresh facts: what the stores say of the customer, the caps and the switches now."""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from smart_city.bundle import Bundle, LayeredDocument, compile_bundle
from smart_city.decide import Approval, CapNeed, Facts, Reserved, Step, Verdict, decide

from public_works import Stores
from smart_city.context import ExecutionContext
from smart_city.grant import Grant
from symphainy.catalog import Effect
from symphainy.identity import Principal
from symphainy.plan import Plan
from temporal.plans import Plans

__all__ = ["Decider", "DecisionRequest", "bundle_of", "need_id", "run_of"]

MAX_ROUNDS = 12
People = dict[str, tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """A step to decide on, with the facts only its run knows."""

    step: str
    task: str
    key: str
    capability: str
    effect: Effect
    channel: str | None = None
    purpose: str | None = None
    topic: str | None = None
    customer: str | None = None
    conditions: dict[str, bool] = field(default_factory=dict)
    approvals: People = field(default_factory=dict)
    rejections: People = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf a decision is asked for."""

    tenant: str
    environment: str
    principal: Principal
    solution: str
    plan: str
    workflow: str


def bundle_of(plan: Plan) -> Bundle:
    """The policies that govern a run of `plan`, of every layer."""
    return compile_bundle(
        LayeredDocument("solution", name, document) for name, document in plan.policies.items()
    )


class Decider:
    """Collects facts, decides, reserves what a cap wants reserved, and writes the decision down."""

    def __init__(self, stores: Stores, plans: Plans) -> None:
        self._stores = stores
        self._plans = plans

    async def decide(self, context: ExecutionContext, request: DecisionRequest) -> Verdict:
        """The verdict on a step about to be done; caps are reserved if everything else allows."""
        asker = Asker(
            context.tenant,
            context.environment,
            context.principal,
            context.solution,
            context.plan,
            context.workflow,
        )
        return await asyncio.to_thread(self._settle, asker, request, context)

    async def look(self, grant: Grant, request: DecisionRequest) -> Verdict:
        """The verdict at the last moment, on one attempt of a granted step; reserves nothing new
        beyond what the same step has already reserved."""
        asker = Asker(
            grant.tenant,
            grant.environment,
            grant.principal,
            grant.solution,
            grant.plan,
            grant.workflow,
        )
        approvals = dict(_approval(one) for one in grant.obligations if one.startswith("approved:"))
        request = replace(request, approvals=approvals)
        return await asyncio.to_thread(self._fixed_point, asker, request)

    def _settle(self, asker: Asker, request: DecisionRequest, context: ExecutionContext) -> Verdict:
        verdict = self._fixed_point(asker, request)
        if verdict.outcome == "approve" and verdict.approval is not None:
            id = need_id(context, request.key, verdict.approval.policy)
            self._request_approval(asker, request, verdict, id)
        self._record(asker, request, verdict)
        return verdict

    def _fixed_point(self, asker: Asker, request: DecisionRequest) -> Verdict:
        bundle = bundle_of(self._plans.get(asker.plan))
        step = _step(asker, request)
        facts = self._facts(asker, request)
        for _ in range(MAX_ROUNDS):
            verdict = decide(bundle, step, facts)
            if verdict.outcome != "reserve":
                break
            reserved = {
                need.policy: self._reserve(asker, request, need, facts.now)
                for need in verdict.reserve
            }
            facts = replace(facts, reservations={**facts.reservations, **reserved})
        if verdict.outcome != "allow":
            self._release(asker, request, facts)
        return verdict

    def _facts(self, asker: Asker, request: DecisionRequest) -> Facts:
        customer = request.customer and self._stores.customers.get(asker.tenant, request.customer)
        consents = (
            {(one.channel, one.purpose): one.granted for one in customer.consents}
            if customer
            else None
        )
        return Facts(
            now=datetime.now(UTC),
            zone=customer.zone if customer else None,
            consents=consents,
            approvals=_approvals(request.approvals),
            rejections=_approvals(request.rejections),
            switches=self._stores.switches.active(asker.tenant),
            fresh=True,
        )

    def _reserve(
        self, asker: Asker, request: DecisionRequest, need: CapNeed, now: datetime
    ) -> Reserved:
        made = self._stores.caps.reserve(
            asker.tenant,
            policy=need.policy,
            scope=need.scope,
            key=reservation_key(asker.workflow, request.key, need.policy),
            max=need.max,
            window=need.window,
            now=now,
        )
        return Reserved(granted=made.granted, free_at=made.free_at)

    def _release(self, asker: Asker, request: DecisionRequest, facts: Facts) -> None:
        for policy, reserved in facts.reservations.items():
            if reserved.granted:
                key = reservation_key(asker.workflow, request.key, policy)
                self._stores.caps.release(asker.tenant, key)

    def _request_approval(
        self, asker: Asker, request: DecisionRequest, verdict: Verdict, id: str
    ) -> None:
        need = verdict.approval
        if need is None:
            return
        expires = datetime.now(UTC) + need.within if need.within else None
        self._stores.approvals.request(
            asker.tenant,
            id=id,
            run=run_of(asker),
            workflow_id=asker.workflow,
            solution=asker.solution,
            step=request.step,
            policy=need.policy,
            role=need.role,
            reason=verdict.reason,
            initiator=asker.principal.id,
            expires=expires,
        )

    def _record(self, asker: Asker, request: DecisionRequest, verdict: Verdict) -> None:
        now = datetime.now(UTC)
        identity = f"{asker.workflow}|{request.key}|{verdict.facts_digest}|{verdict.outcome}"
        self._stores.decisions.record(
            asker.tenant,
            id=hashlib.sha256(identity.encode()).hexdigest()[:32],
            run=run_of(asker),
            step=request.step,
            point="outbound",
            outcome=verdict.outcome,
            policy=verdict.policy,
            layer=verdict.layer,
            reason=verdict.reason,
            bundle=verdict.bundle,
            facts_digest=verdict.facts_digest,
            at=now,
            details={"capability": request.capability, "key": request.key},
        )


def run_of(asker: Asker) -> str:
    """The run's id within its tenant: its workflow id without the tenant."""
    solution, _, key = asker.workflow.removeprefix(f"{asker.tenant}/").partition("/")
    return f"{solution}:{key}"


def need_id(context: ExecutionContext, step_key: str, policy: str) -> str:
    """The id of the approval that `policy` wants for one step instance of one run."""
    name = f"approval|{context.workflow}|{context.intent}|{step_key}|{policy}"
    return str(uuid5(NAMESPACE_URL, name))


def reservation_key(workflow: str, step_key: str, policy: str) -> str:
    """One reservation for one step instance, however often it is decided or attempted."""
    return hashlib.sha256(f"{workflow}|{step_key}|{policy}".encode()).hexdigest()


def _step(asker: Asker, request: DecisionRequest) -> Step:
    return Step(
        tenant=asker.tenant,
        environment=asker.environment,
        solution=asker.solution,
        run=asker.workflow,
        step=request.step,
        task=request.task,
        capability=request.capability,
        effect=request.effect,
        channel=request.channel,
        purpose=request.purpose,
        topic=request.topic,
        customer=request.customer,
        principal=asker.principal,
        conditions=request.conditions,
        key=request.key,
    )


def _approvals(people: People) -> dict[str, Approval]:
    return {policy: Approval(by=by, at=at) for policy, (by, at) in people.items()}


def _approval(obligation: str) -> tuple[str, tuple[str, datetime]]:
    _, policy, by, at = obligation.split(":", 3)
    return policy, (by, datetime.fromtimestamp(int(at), UTC))
