"""A step and its facts as a question to the engine."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TypeVar

from smart_city.bundle import Bundle, Policy
from smart_city.cedar import Place, Question
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.kind import Fact
from smart_city.policies.platform import switches
from smart_city.window import DAYS, zone

__all__ = ["ask_about", "concerned", "fact", "needs_fresh"]


Value = TypeVar("Value")

# `json.dumps` with options makes an encoder for every call.
_JSON = json.JSONEncoder(sort_keys=True)


def fact(bundle: Bundle, facts: Mapping[str, Value], policy: Policy) -> Value | None:
    """The fact about `policy`: under its id, or under a name that no other layer uses."""
    found = facts.get(policy.id)
    if found is None and policy.name not in bundle.shared:
        found = facts.get(policy.name)
    return found


def concerned(bundle: Bundle, step: Step) -> tuple[Policy, ...]:
    """The policies that speak about `step` and whose `when` is not known to be false."""
    return tuple(one for one in bundle.about(step.subject) if not _excused(bundle, step, one))


def _excused(bundle: Bundle, step: Step, policy: Policy) -> bool:
    return bool(policy.document.when) and fact(bundle, step.conditions, policy) is False


def needs_fresh(bundle: Bundle, step: Step) -> bool:
    """Whether deciding on `step` takes facts that a workflow does not have."""
    if step.effect in ("message", "write", "money"):
        return True
    return any(one.document.fresh for one in concerned(bundle, step))


def ask_about(bundle: Bundle, step: Step, facts: Facts) -> Question:
    """The question whether `step` may happen now.

    It holds of the facts only what policies about this step look at, so that most steps of a
    definition ask the same question again and again.
    """
    place = Place(step.principal, step.subject, step.solution, step.environment, step.tenant)
    context = _JSON.encode(_context(bundle, place.subject, step, facts))
    return Question(place, context)


def _context(bundle: Bundle, subject: Subject, step: Step, facts: Facts) -> dict[str, object]:
    policies = bundle.about(subject)
    clocks = {clock for one in policies for clock in one.document.clocks()}
    known = list(_general(bundle, subject, step, facts))
    if facts.approvals or facts.rejections or facts.reservations or step.conditions:
        known += [
            f"{one.id} {said}" for one in policies for said in _said(bundle, one, step, facts)
        ]
    for one in policies:
        if one.document.finds:
            known += [f"{one.id} {said}" for said in one.document.found(one.ref, step, facts)]
    return {
        "facts": known,
        "clocks": {name: shown for name in clocks if (shown := _clock(name, facts))},
    }


def _general(bundle: Bundle, subject: Subject, step: Step, facts: Facts) -> Iterator[str]:
    if facts.switches and not facts.switches.isdisjoint(switches(step)):
        yield "stopped"
    if not facts.fresh and needs_fresh(bundle, step):
        yield "stale"
    if step.customer is not None:
        yield "customer known"
    if step.carries:
        yield from (f"carries {one}" for one in sorted({*chain(*step.carries.values())}))
    said = step.channel and step.purpose
    if said and (facts.consents or {}).get((step.channel or "", step.purpose or "")) is True:
        yield subject.consent


def _said(bundle: Bundle, policy: Policy, step: Step, facts: Facts) -> Iterator[Fact]:
    if _excused(bundle, step, policy):
        yield "excused"
    approval = fact(bundle, facts.approvals, policy)
    if approval and policy.document.approved(policy.ref, approval, step):
        yield "approved"
    rejection = fact(bundle, facts.rejections, policy)
    if rejection:
        yield "rejected" if rejection.by else "expired"
    reserved = fact(bundle, facts.reservations, policy)
    if reserved:
        yield "reserved" if reserved.granted else "exhausted"


def _clock(name: str, facts: Facts) -> dict[str, object] | None:
    """What a clock of `Restriction.clocks` shows; None if nobody knows."""
    first, _, fallback = name.partition(" or ")
    where = zone(facts.zone if first == "customer" else first) or zone(fallback)
    if where is None:
        return None
    wall = facts.now.astimezone(where)
    return {"minute": wall.hour * 60 + wall.minute, "day": DAYS[wall.weekday()]}
