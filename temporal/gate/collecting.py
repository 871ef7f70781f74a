"""The facts of a decision, put together from what is known and what the step says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from public_works import Stores
from public_works.facts import Known
from smart_city.bundle import Bundle, Policy
from smart_city.decide import Facts, Reserved, Step
from smart_city.phone import zones_of
from smart_city.policies.residency import HERE
from smart_city.strictest import strictest
from symphainy.json import Json
from symphainy.plan import Call, Experience, Plan
from temporal.addresses import PLATFORM_QUEUE
from temporal.gate.request import DecisionRequest, address_of

__all__ = ["Found", "collect", "region_of"]

_TO = ("/to#", "/to/")


@dataclass(frozen=True, slots=True)
class Found:
    """The facts of a decision, and what of the step later policies may want to know."""

    facts: Facts
    cost: str | None
    place: str | None
    region: str | None


def collect(
    stores: Stores,
    plan: Plan,
    bundle: Bundle,
    step: Step,
    request: DecisionRequest,
    known: Known,
    held: Mapping[str, Reserved],
) -> Found:
    """What is known about `step` under the policies of `bundle`, of what they look at."""
    person = known.customer
    consents = (
        {(one.channel, one.purpose): one.granted for one in person.consents} if person else None
    )
    facts = Facts(
        now=request.now,
        zone=person.zone if person else None,
        consents=consents,
        approvals=request.approvals,
        rejections=request.rejections,
        reservations=held,
        switches=known.switches,
        fresh=True,
    )
    # Those that only advise, or are in shadow, look at the same facts.
    about = (bundle.trial or bundle).about(step.subject)
    bound = plan.experiences.get(request.experience or "")
    place = address_of(known.customer, request.channel) or request.destination
    if any(one.document.places for one in about):
        if request.channel == "webhook":
            place = _endpoint(stores, step, bound, request)
        facts = replace(facts, destination=place, region=region_of(plan, bound, request))
    cost = _cost(plan, bound, request)
    if any(one.document.finds for one in about):
        facts = _measured(about, request, cost, facts)
    phone = person.phone if person else None
    if facts.zone is None and (phone or request.phone):
        facts = strictest(bundle, step, facts, zones_of(phone or request.phone))
    return Found(facts, cost, place, region_of(plan, bound, request))


def _measured(
    about: tuple[Policy, ...], request: DecisionRequest, cost: str | None, facts: Facts
) -> Facts:
    content, carries = _content(request)
    amounts = {
        one.id: amount
        for one in about
        if one.document.counts and (amount := one.document.amount(content, cost)) is not None
    }
    wanted = {one.id: one.document.bare(content, carries) for one in about}
    return replace(facts, amounts=amounts, bare={id: some for id, some in wanted.items() if some})


def _endpoint(
    stores: Stores, step: Step, bound: Experience | None, request: DecisionRequest
) -> str | None:
    """Where a webhook goes, by what the delivery itself will go by."""
    place = request.destination or (bound.settings.get("endpoint") if bound else None)
    if not isinstance(place, str) or "://" in place:
        return place if isinstance(place, str) else None
    kept = stores.webhooks.get(step.tenant, place)
    return kept.url if kept else None


def _content(request: DecisionRequest) -> tuple[Json, dict[str, tuple[str, ...]]]:
    """What the step is called with and the classes in it; where a message goes is not content."""
    given = request.arguments
    if request.channel is None or not isinstance(given, dict):
        return given, request.classes
    content = {name: one for name, one in given.items() if name != "to"}
    return content, {at: one for at, one in request.classes.items() if at[:4] not in _TO}


def _cost(plan: Plan, bound: Experience | None, request: DecisionRequest) -> str | None:
    task = plan.task(request.step)
    return bound.cost if bound else getattr(task, "cost", None)


def region_of(plan: Plan, bound: Experience | None, request: DecisionRequest) -> str | None:
    """Where the step is done, or what it says is taken; None where nobody says."""
    if bound is not None:
        return bound.region
    task = plan.task(request.step)
    if not isinstance(task, Call):
        return None
    return task.region or (HERE if task.queue == PLATFORM_QUEUE else None)
