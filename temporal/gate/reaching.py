"""Whether a connection may be opened: what policy says of where it leads, asked when it is."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from public_works import Stores
from public_works.egress import Clearance
from public_works.events.log import told_by
from smart_city.decide import Facts, Step, Verdict, hoped
from smart_city.grant import Grant
from symphainy.errors import Refused
from temporal.gate.collecting import region_of
from temporal.gate.governing import Governing
from temporal.gate.recording import Case
from temporal.gate.request import DecisionRequest, step_of
from temporal.plans import Plans

__all__ = ["Reaching"]


class Reaching:
    """What policies that look at where something goes say of `host:port`.

    A step was decided on by the address that it says itself. This is asked about every connection
    that comes of it, wherever a redirect, a template or an authority has it go.
    """

    def __init__(self, stores: Stores, governing: Governing | None = None) -> None:
        self._stores = stores
        self._governing = governing or Governing(stores)

    def of_step(self, plans: Plans, grant: Grant, request: DecisionRequest) -> Clearance:
        """The clearance of one attempt of a granted step. It refuses with the code of the policy,
        and the register has the decision."""

        async def clear(place: str) -> None:
            verdict = await asyncio.to_thread(self._looked, plans, grant, request, place)
            _check(verdict, place)

        return clear

    def of_documents(self, tenant: str) -> Clearance:
        """The clearance of fetching documents that definitions of the tenant name: the tenant's
        secrets may go there."""
        return self.of_tenant(tenant, capability="call.http")

    def of_tenant(
        self,
        tenant: str,
        *,
        capability: str = "",
        channel: str | None = None,
    ) -> Clearance:
        """The clearance of what the platform does for a tenant outside of any run: by `capability`
        or on `channel`, under the policies of tenant and platform."""
        step = Step(
            tenant=tenant,
            environment="",
            solution="",
            run="",
            step="",
            task="",
            capability=capability,
            effect="message" if channel else "read",
            principal=told_by(tenant),
            channel=channel,
        )

        async def clear(place: str) -> None:
            _check(await asyncio.to_thread(self._said, step, place), place)

        return clear

    def _said(self, step: Step, place: str) -> Verdict | None:
        known = self._stores.facts.known(step.tenant, None)
        bundle = self._governing.placing(known.policies, {})
        if bundle is None or not bundle.about(step.subject):
            return None
        facts = Facts(now=datetime.now(UTC), switches=known.switches, destination=place, fresh=True)
        return hoped(bundle, step, facts)

    def _looked(
        self, plans: Plans, grant: Grant, request: DecisionRequest, place: str
    ) -> Verdict | None:
        plan, step = plans.get(grant.plan), step_of(grant, request)
        digests = self._governing.now(grant.tenant)
        bundle = self._governing.placing(digests, plan.policies)
        if bundle is None or not bundle.about(step.subject):
            return None
        known = self._stores.facts.known(grant.tenant, request.customer)
        bound = plan.experiences.get(request.experience or "")
        facts = Facts(
            now=request.now,
            switches=known.switches,
            destination=place,
            region=region_of(plan, bound, request),
            fresh=True,
        )
        verdict = hoped(bundle, replace(step, adapter=bound.adapter if bound else None), facts)
        if verdict.outcome != "allow":
            case = Case(
                context=grant,
                request=request,
                known=known,
                bundle=bundle,
                step=step,
                facts=facts,
                cost=None,
                place=place,
                region=facts.region,
                would=None,
                advice=None,
            )
            self._stores.decisions.record(grant.tenant, **case.record(verdict, facts, "attempt"))
        return verdict


def _check(verdict: Verdict | None, place: str) -> None:
    if verdict is not None and verdict.outcome != "allow":
        raise Refused(verdict.code or "policy.destination", f"{place}: {verdict.reason}")
