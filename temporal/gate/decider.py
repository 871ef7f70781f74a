"""Decisions on fresh facts: what the stores say of the customer, the caps and the switches now."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from public_works import Stores
from public_works.caps import Place
from public_works.customers import Customer
from public_works.facts import Known
from public_works.telemetry import note
from smart_city.bundle import Bundle
from smart_city.context import ExecutionContext
from smart_city.decide import Facts, Reserved, Step, Verdict, decide
from smart_city.grant import Grant
from smart_city.phone import zones_of
from smart_city.roles import NO_OWN, allowed, holding
from smart_city.strictest import strictest
from symphainy.errors import Refused
from temporal.addresses import run_of
from temporal.gate.governing import Governing
from temporal.gate.request import DecisionRequest, address_of, approvals_of, need_id, step_of
from temporal.plans import Plans

__all__ = ["Decider"]

MAX_ROUNDS = 12
FREE = Reserved(granted=True)
PURE = frozenset({"none", "read"})
"""Effects of steps on which a run decides by itself."""


class Decider:
    """Collects facts, decides, reserves what a cap wants reserved, and writes the decision down."""

    def __init__(self, stores: Stores, plans: Plans) -> None:
        self._stores = stores
        self._plans = plans
        self._governing = Governing(stores)

    async def decide(self, context: ExecutionContext, request: DecisionRequest) -> Verdict:
        """The verdict on a step about to be done; caps are reserved if all else allows it, and
        an approval that is needed is asked for."""
        return await asyncio.to_thread(self._settle, context, request)

    async def look(self, grant: Grant, request: DecisionRequest) -> tuple[Verdict, Customer | None]:
        """The verdict at the last moment, on one attempt of a granted step, and the customer as
        it was seen."""
        approvals = approvals_of(grant.obligations)
        request = request.model_copy(update={"approvals": approvals})
        return await asyncio.to_thread(self._looked, grant, request)

    async def stands(self, grant: Grant) -> None:
        """Return unless the run is an agent's whose user may not operate any more, or not with
        it. Refused `agent.rights`."""
        agent, user = grant.principal, grant.principal.on_behalf_of
        # Of whom only their identity provider knows, nothing is heard before their token ends.
        if user is None or ":" in user:
            return
        found = await asyncio.to_thread(
            self._stores.users.lent, grant.tenant, user, agent.roles, agent.vouched
        )
        roles, own = found or ((), NO_OWN)
        here = holding(roles, own, solution=grant.solution, environment=grant.environment)
        if not allowed(here, "operate", own):
            raise Refused("agent.rights", f"{agent.id} may not do this for {user} now.")

    async def release(self, grant: Grant) -> None:
        """Free what was reserved for a step that certainly had no effect."""
        await asyncio.to_thread(self._released, grant)

    async def concerned(self, grant: Grant, request: DecisionRequest) -> bool:
        """Whether the tenant or the platform speak about a step without effect, on which its run
        decides by the policies of the solution."""
        if self._governing.silent(grant.tenant):
            return False
        subject, plan = step_of(grant, request).subject, self._plans.get(grant.plan)
        return await asyncio.to_thread(self._governing.concerns, grant.tenant, plan, subject)

    def _released(self, grant: Grant) -> None:
        digests = self._stores.facts.known(grant.tenant, None).policies
        for key in _reservations(self._bundle(grant, digests), grant):
            self._stores.caps.release(grant.tenant, key)

    def _settle(self, context: ExecutionContext, request: DecisionRequest) -> Verdict:
        known = self._known(context.tenant, request)
        verdict, would, kept = self._fixed_point(context, request, known)
        if verdict.outcome == "approve":
            self._ask(context, request, verdict)
        if not kept:
            decision = _decision(context, request, verdict, would)
            note(DECISION=decision["id"])
            self._stores.decisions.record(context.tenant, **decision)
        return verdict

    def _looked(self, grant: Grant, request: DecisionRequest) -> tuple[Verdict, Customer | None]:
        digests = self._governing.last(grant.tenant)
        known = self._held(grant, request, digests)
        if known.policies != digests:
            known = self._held(grant, request, known.policies)
        return self._fixed_point(grant, request, known)[0], known.customer

    def _held(self, grant: Grant, request: DecisionRequest, digests: Mapping[str, str]) -> Known:
        """What is known, with the places that the step has under the policies of `digests`."""
        keys = _reservations(self._bundle(grant, digests), grant)
        return self._known(grant.tenant, request, keys)

    def _asked(
        self, context: ExecutionContext | Grant, request: DecisionRequest, known: Known
    ) -> tuple[Bundle, Step]:
        plan, step = self._plans.get(context.plan), step_of(context, request)
        bound = plan.experiences.get(request.experience or "")
        if bound is not None:
            step = replace(step, adapter=bound.adapter)
        if isinstance(context, Grant) and request.effect in PURE:
            return self._governing.above(plan, known.policies), step
        return self._governing.bundle(plan, known.policies), step

    def _destination(
        self, context: ExecutionContext | Grant, request: DecisionRequest, known: Known
    ) -> str | None:
        """Where the step goes, by what the delivery itself will go by."""
        if request.channel != "webhook":
            return address_of(known.customer, request.channel) or request.destination
        bound = self._plans.get(context.plan).experiences.get(request.experience or "")
        place = request.destination or (bound.settings.get("endpoint") if bound else None)
        if not isinstance(place, str) or "://" in place:
            return place if isinstance(place, str) else None
        kept = self._stores.webhooks.get(context.tenant, place)
        return kept.url if kept else None

    def _bundle(self, context: ExecutionContext | Grant, digests: Mapping[str, str]) -> Bundle:
        return self._governing.bundle(self._plans.get(context.plan), digests)

    def _fixed_point(
        self, context: ExecutionContext | Grant, request: DecisionRequest, known: Known
    ) -> tuple[Verdict, Verdict | None, bool]:
        """The verdict that stands, what it would be with the policies in shadow, and whether it
        is in the register."""
        bundle, step = self._asked(context, request, known)
        facts = _facts(bundle, context, request, known)
        if any(one.document.places for one in bundle.about(step.subject)):
            facts = replace(facts, destination=self._destination(context, request, known))
        phone = known.customer.phone if known.customer else None
        if facts.zone is None and (phone or request.phone):
            facts = strictest(bundle, step, facts, zones_of(phone or request.phone))
        would = _would(bundle, step, facts)
        kept = False
        for _ in range(MAX_ROUNDS):
            verdict = decide(bundle, step, facts)
            if verdict.outcome != "reserve":
                break
            # What comes of it if every place is free is known before, so that taking the places
            # and keeping the decision is one transaction.
            wanted = [one.policy for one in verdict.reserve]
            hoped = decide(bundle, step, _with(facts, dict.fromkeys(wanted, FREE)))
            made = self._take(context, request, verdict, hoped, would, facts.now)
            facts = _with(facts, dict(zip(wanted, made, strict=True)))
            if hoped.outcome != "reserve" and all(one.granted for one in made):
                verdict, kept = hoped, isinstance(context, ExecutionContext)
                break
        if verdict.outcome != "allow":
            self._release(context, request, facts)
        return verdict, would, kept

    def _known(self, tenant: str, request: DecisionRequest, keys: Sequence[str] = ()) -> Known:
        known = self._stores.facts.known(tenant, request.customer, keys)
        self._governing.saw(tenant, known.policies)
        return known

    def _take(
        self,
        context: ExecutionContext | Grant,
        request: DecisionRequest,
        verdict: Verdict,
        hoped: Verdict,
        would: Verdict | None,
        now: datetime,
    ) -> list[Reserved]:
        places = [
            Place(
                policy=need.policy,
                scope=need.counter,
                key=reservation(context.workflow, request.key, need.policy),
                max=need.max,
                window=need.window,
            )
            for need in verdict.reserve
        ]
        # The last look keeps no decision of its own: the one before stands.
        first = isinstance(context, ExecutionContext) and hoped.outcome != "reserve"
        decision = _decision(context, request, hoped, would) if first else None
        if decision is not None:
            note(DECISION=decision["id"])
        made = self._stores.facts.take(context.tenant, places, now, decision)
        return [Reserved(granted=one.granted, free_at=one.free_at) for one in made]

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


def _facts(
    bundle: Bundle, context: ExecutionContext | Grant, request: DecisionRequest, known: Known
) -> Facts:
    person = known.customer
    consents = (
        {(one.channel, one.purpose): one.granted for one in person.consents} if person else None
    )
    held = (
        {
            one.id: Reserved(granted=True)
            for one in bundle.policies
            if reservation(context.workflow, request.key, one.id) in known.held
        }
        if known.held
        else {}
    )
    return Facts(
        now=request.now,
        zone=person.zone if person else None,
        consents=consents,
        approvals=request.approvals,
        rejections=request.rejections,
        reservations=held,
        switches=known.switches,
        fresh=True,
    )


def _would(bundle: Bundle, step: Step, facts: Facts) -> Verdict | None:
    """The verdict if the policies in shadow held too, places under caps being free."""
    if bundle.trial is None:
        return None
    verdict = decide(bundle.trial, step, facts)
    if verdict.outcome != "reserve":
        return verdict
    free = dict.fromkeys((one.policy for one in verdict.reserve), FREE)
    return decide(bundle.trial, step, _with(facts, free))


def _with(facts: Facts, reserved: Mapping[str, Reserved]) -> Facts:
    return replace(facts, reservations={**facts.reservations, **reserved})


def _decision(
    context: ExecutionContext | Grant,
    request: DecisionRequest,
    verdict: Verdict,
    would: Verdict | None = None,
) -> dict[str, Any]:
    """The decision as the register keeps it."""
    identity = f"{context.workflow}|{request.key}|{verdict.facts_digest}|{verdict.outcome}"
    return {
        "id": hashlib.sha256(identity.encode()).hexdigest()[:32],
        "run": run_of(context.workflow),
        "step": request.step,
        "point": "outbound",
        "outcome": verdict.outcome,
        "policy": verdict.policy,
        "layer": verdict.layer,
        "reason": verdict.reason,
        "bundle": verdict.bundle,
        "facts_digest": verdict.facts_digest,
        "at": request.now,
        "details": {
            "capability": request.capability,
            "key": request.key,
            "determining": list(verdict.determining),
            **_shadow(verdict, would),
        },
    }


def _shadow(verdict: Verdict, would: Verdict | None) -> dict[str, Any]:
    if would is None or would.determining == verdict.determining:
        return {}
    said = {"outcome": would.outcome, "policy": would.policy, "layer": would.layer}
    return {"would": {**said, "reason": would.reason}}


def _reservations(bundle: Bundle, grant: Grant) -> list[str]:
    return [reservation(grant.workflow, grant.key, one.id) for one in bundle.policies]


def reservation(workflow: str, step_key: str, policy: str) -> str:
    """One reservation for one step instance, however often it is decided or attempted."""
    return hashlib.sha256(f"{workflow}|{step_key}|{policy}".encode()).hexdigest()
