"""Decisions on fresh facts: what the stores say of the customer, the caps and the switches now."""

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from public_works import Stores
from smart_city.bundle import Bundle, LayeredDocument, compile_bundle
from smart_city.context import ExecutionContext
from smart_city.decide import CapNeed, Facts, Reserved, Verdict, decide
from smart_city.grant import Grant
from symphainy.plan import Plan
from temporal.addresses import run_of
from temporal.gate.request import DecisionRequest, approvals_of, need_id, step_of
from temporal.plans import Plans

__all__ = ["Decider", "bundle_of"]

MAX_ROUNDS = 12


def bundle_of(plan: Plan) -> Bundle:
    """The policies that govern a run of `plan`, of every layer."""
    return _bundle(json.dumps(plan.policies))


@lru_cache(maxsize=1_000)
def _bundle(policies: str) -> Bundle:
    documents = json.loads(policies)
    return compile_bundle(
        LayeredDocument("solution", name, document) for name, document in documents.items()
    )


class Decider:
    """Collects facts, decides, reserves what a cap wants reserved, and writes the decision down."""

    def __init__(self, stores: Stores, plans: Plans) -> None:
        self._stores = stores
        self._plans = plans

    async def decide(self, context: ExecutionContext, request: DecisionRequest) -> Verdict:
        """The verdict on a step about to be done; caps are reserved if all else allows it, and
        an approval that is needed is asked for."""
        return await asyncio.to_thread(self._settle, context, request)

    async def look(self, grant: Grant, request: DecisionRequest) -> Verdict:
        """The verdict at the last moment, on one attempt of a granted step."""
        approvals = approvals_of(grant.obligations)
        request = request.model_copy(update={"approvals": approvals})
        return await asyncio.to_thread(self._fixed_point, grant, request)

    async def release(self, grant: Grant) -> None:
        """Free what was reserved for a step that certainly had no effect."""
        policies = bundle_of(self._plans.get(grant.plan)).policies
        keys = [reservation(grant.workflow, grant.key, one.id) for one in policies]
        for key in keys:
            await asyncio.to_thread(self._stores.caps.release, grant.tenant, key)

    def _settle(self, context: ExecutionContext, request: DecisionRequest) -> Verdict:
        verdict = self._fixed_point(context, request)
        if verdict.outcome == "approve":
            self._ask(context, request, verdict)
        self._record(context, request, verdict)
        return verdict

    def _fixed_point(self, context: ExecutionContext | Grant, request: DecisionRequest) -> Verdict:
        bundle = bundle_of(self._plans.get(context.plan))
        step = step_of(context, request)
        facts = self._facts(context.tenant, request)
        for _ in range(MAX_ROUNDS):
            verdict = decide(bundle, step, facts)
            if verdict.outcome != "reserve":
                break
            reserved = {
                need.policy: self._reserve(context, request, need, facts.now)
                for need in verdict.reserve
            }
            facts = replace(facts, reservations={**facts.reservations, **reserved})
        if verdict.outcome != "allow":
            self._release(context, request, facts)
        return verdict

    def _facts(self, tenant: str, request: DecisionRequest) -> Facts:
        known = self._stores.customers.get(tenant, request.customer) if request.customer else None
        consents = (
            {(one.channel, one.purpose): one.granted for one in known.consents} if known else None
        )
        return Facts(
            now=request.now,
            zone=known.zone if known else None,
            consents=consents,
            approvals=request.approvals,
            rejections=request.rejections,
            switches=self._stores.switches.active(tenant),
            fresh=True,
        )

    def _reserve(
        self,
        context: ExecutionContext | Grant,
        request: DecisionRequest,
        need: CapNeed,
        now: datetime,
    ) -> Reserved:
        made = self._stores.caps.reserve(
            context.tenant,
            policy=need.policy,
            scope=need.counter,
            key=reservation(context.workflow, request.key, need.policy),
            max=need.max,
            window=need.window,
            now=now,
        )
        return Reserved(granted=made.granted, free_at=made.free_at)

    def _release(
        self, context: ExecutionContext | Grant, request: DecisionRequest, facts: Facts
    ) -> None:
        for policy, reserved in facts.reservations.items():
            if reserved.granted:
                key = reservation(context.workflow, request.key, policy)
                self._stores.caps.release(context.tenant, key)

    def _ask(self, context: ExecutionContext, request: DecisionRequest, verdict: Verdict) -> None:
        need = verdict.approval
        if need is None:
            return
        self._stores.approvals.request(
            context.tenant,
            id=need_id(context, request.key, need.policy),
            run=run_of(context.workflow),
            workflow_id=context.workflow,
            solution=context.solution,
            step=request.step,
            policy=need.policy,
            role=need.role,
            reason=verdict.reason,
            initiator=context.principal.id,
            expires=request.now + need.within if need.within else None,
        )

    def _record(
        self, context: ExecutionContext, request: DecisionRequest, verdict: Verdict
    ) -> None:
        identity = f"{context.workflow}|{request.key}|{verdict.facts_digest}|{verdict.outcome}"
        self._stores.decisions.record(
            context.tenant,
            id=hashlib.sha256(identity.encode()).hexdigest()[:32],
            run=run_of(context.workflow),
            step=request.step,
            point="outbound",
            outcome=verdict.outcome,
            policy=verdict.policy,
            layer=verdict.layer,
            reason=verdict.reason,
            bundle=verdict.bundle,
            facts_digest=verdict.facts_digest,
            at=request.now,
            details={"capability": request.capability, "key": request.key},
        )


def reservation(workflow: str, step_key: str, policy: str) -> str:
    """One reservation for one step instance, however often it is decided or attempted."""
    return hashlib.sha256(f"{workflow}|{step_key}|{policy}".encode()).hexdigest()
