"""Decisions on fresh facts: what the stores say of the customer, the caps and the switches now."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from public_works import Stores
from public_works.caps import Place
from public_works.customers import Customer
from public_works.egress import Clearance
from public_works.facts import Known
from public_works.telemetry import note
from smart_city.bundle import Bundle
from smart_city.context import ExecutionContext
from smart_city.decide import Facts, Reserved, Step, Verdict, advice, settled, tried
from smart_city.facts import Subject
from smart_city.grant import Grant
from smart_city.roles import NO_OWN, allowed, holding
from symphainy.errors import Refused
from symphainy.plan import Plan
from temporal.addresses import run_of
from temporal.gate.collecting import collect
from temporal.gate.governing import Governing, bundle_of
from temporal.gate.reaching import Reaching
from temporal.gate.recording import Case, reservation
from temporal.gate.request import DecisionRequest, approvals_of, need_id, step_of
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
        self._reaching = Reaching(stores, self._governing)

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

    def clearance(self, grant: Grant, request: DecisionRequest) -> Clearance:
        """Where the connections of one attempt may lead, for whoever opens them."""
        return self._reaching.of_step(self._plans, grant, request)

    async def stands(self, grant: Grant) -> None:
        """Return unless the run is an agent's whose user may not operate any more, or not with
        it. Refused `agent.rights`."""
        agent, user = grant.principal, grant.principal.on_behalf_of
        # Of whom only their identity provider knows, nothing is heard before their token ends.
        if user is None or ":" in user:
            return
        found = await asyncio.to_thread(
            self._stores.users.lent,
            grant.tenant,
            user,
            grant.environment,
            agent.roles,
            agent.vouched,
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
        decides by the policies of the solution; or whether it takes a place, and has to tell that
        it begins."""
        subject, plan = step_of(grant, request).subject, self._plans.get(grant.plan)
        if _counted(plan, subject):
            return True
        if self._governing.silent(grant.tenant):
            return False
        return await asyncio.to_thread(self._governing.concerns, grant.tenant, plan, subject)

    def _released(self, grant: Grant) -> None:
        digests = self._stores.facts.known(grant.tenant, None).policies
        for key in _reservations(self._bundle(grant, digests), grant):
            self._stores.caps.release(grant.tenant, key)

    def _settle(self, context: ExecutionContext, request: DecisionRequest) -> Verdict:
        known = self._known(context.tenant, request)
        case = self._case(context, request, known)
        verdict, facts, kept = self._fixed_point(case)
        if verdict.outcome == "approve":
            self._ask(context, request, verdict)
        if not kept:
            decision = case.record(verdict, facts)
            note(DECISION=decision["id"])
            self._stores.decisions.record(context.tenant, **decision)
        return verdict

    def _looked(self, grant: Grant, request: DecisionRequest) -> tuple[Verdict, Customer | None]:
        digests = self._governing.last(grant.tenant)
        known = self._held(grant, request, digests)
        if known.policies != digests:
            known = self._held(grant, request, known.policies)
        if known.held and not self._stores.caps.begin(grant.tenant, known.held, request.now):
            # Between reading and beginning its time was over; it is taken anew, if it is free.
            known = known._replace(held=frozenset())
        case = self._case(grant, request, known)
        verdict, facts, _ = self._fixed_point(case)
        alone = _decided(grant, request, self._plans.get(grant.plan))
        if case.advice is not None and alone and verdict.outcome == "allow":
            # Nobody decided on it before who could have told.
            decision = case.record(verdict, facts, "attempt")
            self._stores.decisions.record(grant.tenant, **decision)
        return verdict, known.customer

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
        if _decided(context, request, plan):
            return self._governing.above(plan, known.policies), step
        return self._governing.bundle(plan, known.policies), step

    def _bundle(self, context: ExecutionContext | Grant, digests: Mapping[str, str]) -> Bundle:
        return self._governing.bundle(self._plans.get(context.plan), digests)

    def _case(
        self, context: ExecutionContext | Grant, request: DecisionRequest, known: Known
    ) -> Case:
        plan = self._plans.get(context.plan)
        bundle, step = self._asked(context, request, known)
        held = {
            one.id: FREE
            for one in bundle.policies
            if known.held and reservation(context, request.key, one.id) in known.held
        }
        found = collect(self._stores, plan, bundle, step, request, known, held)
        return Case(
            context=context,
            request=request,
            known=known,
            bundle=bundle,
            step=step,
            facts=found.facts,
            cost=found.cost,
            place=found.place,
            region=found.region,
            would=tried(bundle, step, found.facts),
            advice=advice(bundle, step, found.facts),
        )

    def _fixed_point(self, case: Case) -> tuple[Verdict, Facts, bool]:
        """The verdict that stands, on which facts, and whether it is in the register."""
        facts, kept = case.facts, False
        for _ in range(MAX_ROUNDS):
            verdict = settled(case.bundle, case.step, facts)
            if verdict.outcome != "reserve":
                break
            # What comes of it if every place is free is known before, so that taking the places
            # and keeping the decision is one transaction.
            wanted = [one.policy for one in verdict.reserve]
            free = _with(facts, dict.fromkeys(wanted, FREE))
            then = _advised(case, settled(case.bundle, case.step, free))
            made = self._take(case, verdict, then, free)
            facts = _with(facts, dict(zip(wanted, made, strict=True)))
            if then.outcome != "reserve" and all(one.granted for one in made):
                verdict, kept = then, isinstance(case.context, ExecutionContext)
                break
        if verdict.outcome != "allow":
            self._release(case, facts)
        return _advised(case, verdict), facts, kept

    def _known(self, tenant: str, request: DecisionRequest, keys: Sequence[str] = ()) -> Known:
        known = self._stores.facts.known(tenant, request.customer, keys, request.now)
        self._governing.saw(tenant, known.policies)
        return known

    def _take(self, case: Case, verdict: Verdict, then: Verdict, free: Facts) -> list[Reserved]:
        context, request = case.context, case.request
        places = [
            Place(
                policy=need.policy,
                scope=need.counter,
                key=reservation(context, request.key, need.policy),
                max=need.max,
                window=need.window,
                amount=need.amount,
                forced=need.forced,
            )
            for need in verdict.reserve
        ]
        # The last look keeps no decision of its own: the one before stands.
        first = isinstance(context, ExecutionContext)
        decision = case.record(then, free) if first and then.outcome != "reserve" else None
        if decision is not None:
            note(DECISION=decision["id"])
        made = self._stores.facts.take(
            context.tenant,
            places,
            request.now,
            decision,
            begun=not (first and request.leased),
        )
        return [Reserved(granted=one.granted, free_at=one.free_at) for one in made]

    def _release(self, case: Case, facts: Facts) -> None:
        for policy, reserved in facts.reservations.items():
            if reserved.granted:
                key = reservation(case.context, case.request.key, policy)
                self._stores.caps.release(case.context.tenant, key)

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
            initiator=context.principal.accountable,
            expires=request.now + need.within if need.within else None,
        )


def _decided(context: ExecutionContext | Grant, request: DecisionRequest, plan: Plan) -> bool:
    """Whether the run decided on the step by itself, by all that its solution says: what it takes
    of caps is none of that, as an attempt that did nothing gives it back."""
    pure = isinstance(context, Grant) and request.effect in PURE
    return pure and not _counted(plan, step_of(context, request).subject)


def _counted(plan: Plan, subject: Subject) -> bool:
    return any(one.document.counts for one in bundle_of(plan).about(subject))


def _advised(case: Case, verdict: Verdict) -> Verdict:
    """The verdict with what the run is told besides."""
    if case.advice is None or verdict.outcome != "allow":
        return verdict
    return verdict.model_copy(update={"advice": case.advice})


def _with(facts: Facts, reserved: Mapping[str, Reserved]) -> Facts:
    return replace(facts, reservations={**facts.reservations, **reserved})


def _reservations(bundle: Bundle, grant: Grant) -> list[str]:
    return [reservation(grant, grant.key, one.id) for one in bundle.policies if one.document.counts]
