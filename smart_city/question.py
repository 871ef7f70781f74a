"""A step and its facts as a question to the engine."""

import json
from collections.abc import Mapping
from typing import TypeVar

from smart_city.bundle import Bundle, Policy
from smart_city.cedar import ACTIONS, Question
from smart_city.facts import Facts, Step
from smart_city.policies.platform import switches
from smart_city.window import DAYS, zone

__all__ = ["ask_about", "concerned", "fact", "needs_fresh"]

_NO_CLOCK: dict[str, object] = {"known": False, "minute": 0, "day": ""}

Value = TypeVar("Value")


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
    subject = step.subject
    return Question(
        principal=step.principal.id,
        principal_tenant=step.principal.tenant,
        kind=step.principal.kind,
        roles=tuple(sorted(step.principal.roles)),
        action=ACTIONS[step.effect],
        capability=subject.capability or "internal",
        solution=step.solution,
        environment=step.environment,
        tenant=step.tenant,
        context=json.dumps(_context(bundle, step, facts), sort_keys=True),
    )


def _context(bundle: Bundle, step: Step, facts: Facts) -> dict[str, object]:
    subject = step.subject
    policies = bundle.about(subject)
    contact = f"{subject.heard_on}/{subject.meant_for}"
    agreed = (facts.consents or {}).get((step.channel or "", step.purpose or "")) is True
    return {
        "task": step.task,
        "channel": subject.heard_on,
        "purpose": subject.meant_for,
        "topic": step.topic or "",
        "called": subject.called,
        "customerKnown": step.customer is not None,
        "contact": contact,
        "consents": [contact] if agreed else [],
        "switches": sorted(facts.switches),
        "stoppedBy": sorted(switches(step)),
        "needsFresh": needs_fresh(bundle, step),
        "fresh": facts.fresh,
        "excused": [one.id for one in policies if _excused(bundle, step, one)],
        **_answers(bundle, step, facts, policies),
        "clocks": _clocks(bundle, facts, policies),
    }


def _answers(
    bundle: Bundle, step: Step, facts: Facts, policies: tuple[Policy, ...]
) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {
        "approved": [], "rejected": [], "expired": [], "reserved": [], "exhausted": []
    }  # fmt: skip
    for one in policies:
        approval = fact(bundle, facts.approvals, one)
        if approval and one.document.approved(one.ref, approval, step):
            said["approved"].append(one.id)
        rejection = fact(bundle, facts.rejections, one)
        if rejection:
            said["rejected" if rejection.by else "expired"].append(one.id)
        reserved = fact(bundle, facts.reservations, one)
        if reserved:
            said["reserved" if reserved.granted else "exhausted"].append(one.id)
    return said


def _clocks(
    bundle: Bundle, facts: Facts, policies: tuple[Policy, ...]
) -> dict[str, dict[str, object]]:
    looked_at = {clock for one in policies for clock in one.document.clocks()}
    return {name: _clock(name, facts) if name in looked_at else _NO_CLOCK for name in bundle.clocks}


def _clock(name: str, facts: Facts) -> dict[str, object]:
    """What a clock of `Restriction.clocks` shows."""
    first, _, fallback = name.partition(" or ")
    where = zone(facts.zone if first == "customer" else first) or zone(fallback)
    if where is None:
        return _NO_CLOCK
    wall = facts.now.astimezone(where)
    return {"known": True, "minute": wall.hour * 60 + wall.minute, "day": DAYS[wall.weekday()]}
