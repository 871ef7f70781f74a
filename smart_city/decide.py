"""The decision: may this step happen now, and if not, what would change that."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from smart_city.approval import Approval, Rejection
from smart_city.bundle import Bundle, Policy
from smart_city.facts import Facts, Reserved, Step
from smart_city.policies.kind import Hold
from smart_city.question import ask_about, concerned, needs_fresh
from smart_city.record import facts_digest
from smart_city.verdict import Advice, ApprovalNeed, CapNeed, Obligation, Verdict

__all__ = [
    "Advice",
    "Approval",
    "ApprovalNeed",
    "CapNeed",
    "Facts",
    "Rejection",
    "Reserved",
    "Step",
    "Verdict",
    "advice",
    "applies",
    "decide",
    "hoped",
    "needs_fresh",
    "settled",
    "tried",
]

ENGINE_ERROR = "engine/error"
"""What determines a verdict of an engine that failed, in the place of a rule."""
_ORDER: tuple[Obligation, ...] = get_args(Obligation)


@dataclass(frozen=True, slots=True)
class _Held:
    rule: str
    policy: Policy
    obligation: Obligation
    hold: Hold


def applies(bundle: Bundle, step: Step) -> bool:
    """Whether there is anything to decide; false for an internal task that no policy is about."""
    if step.capability or step.effect != "none" or step.channel:
        return True
    return bool(concerned(bundle, step))


def settled(bundle: Bundle, step: Step, facts: Facts) -> Verdict:
    """Like `decide`, with what is to be masked taken as masked: of an allowed step `masks` says
    what that is."""
    verdict = decide(bundle, step, facts)
    if verdict.outcome != "mask":
        return verdict
    last = decide(bundle, step, replace(facts, bare={}))
    masks = verdict.masks if last.outcome in ("allow", "reserve") else ()
    return last.model_copy(update={"masks": masks})


def advice(bundle: Bundle, step: Step, facts: Facts) -> Advice | None:
    """What the strictest of the policies that advise would have done; places under caps are free
    for them."""
    return _unheard(bundle.advised, frozenset({"advise"}), step, facts)


def tried(bundle: Bundle, step: Step, facts: Facts) -> Advice | None:
    """What the strictest of the policies that are in shadow or advise would have done; places
    under caps are free for them."""
    return _unheard(bundle.trial, frozenset({"advise", "shadow"}), step, facts)


def _unheard(
    bundle: Bundle | None, modes: frozenset[str], step: Step, facts: Facts
) -> Advice | None:
    if bundle is None:
        return None
    try:
        held = _satisfied(bundle, step, facts)
        if wanted := [one.hold.reserve for one in held if one.hold.reserve]:
            free = {**facts.reservations, **_free(wanted)}
            held = _satisfied(bundle, step, replace(facts, reservations=free))
    except Exception as error:  # noqa: BLE001 - what does not hold must not stop what does
        return Advice(
            outcome="deny",
            policy="engine",
            layer="platform",
            code="policy.engine-error",
            reason=f"the policies could not be evaluated: {error}"[:200],
        )
    mine = [one for one in held if one.policy.document.mode in modes]
    first = min(mine, key=lambda one: _ORDER.index(one.obligation), default=None)
    if first is None or first.obligation == "reserve":
        return None
    return Advice(
        outcome=first.obligation,
        policy=first.policy.name,
        layer=first.policy.layer,
        code=first.hold.code,
        reason=first.hold.reason,
    )


def _satisfied(bundle: Bundle, step: Step, facts: Facts) -> list[_Held]:
    answer = bundle.engine.ask(ask_about(bundle, step, facts))
    if answer.error is not None:
        raise ValueError(answer.error)
    # What allows is a rule too.
    rules = () if answer.allowed else answer.rules
    return [_hold(bundle, rule, step, facts) for rule in rules]


def hoped(bundle: Bundle, step: Step, facts: Facts) -> Verdict:
    """The verdict if nothing was taken yet of what is wanted."""
    verdict = settled(bundle, step, facts)
    if verdict.outcome != "reserve":
        return verdict
    free = {**facts.reservations, **_free(verdict.reserve)}
    return settled(bundle, step, replace(facts, reservations=free))


def _free(needs: Iterable[CapNeed]) -> dict[str, Reserved]:
    return {one.policy: Reserved(one.forced or one.amount <= one.max) for one in needs}


def decide(bundle: Bundle, step: Step, facts: Facts) -> Verdict:
    """What may happen now, from these facts alone; the same arguments give the same verdict.

    The caller does what the verdict asks, adds what it learned to the facts and decides again,
    until the answer is allow, deny or skip.
    """
    digest = facts_digest(step, facts)
    answer = bundle.engine.ask(ask_about(bundle, step, facts))
    if answer.error is not None:
        return _failed(bundle, digest, answer.error)
    if answer.allowed:
        return Verdict(
            outcome="allow", determining=answer.rules, bundle=bundle.digest, facts_digest=digest
        )
    try:
        held = [_hold(bundle, rule, step, facts) for rule in answer.rules]
    except Exception as error:  # noqa: BLE001 - a kind that cannot explain itself still forbids
        return _failed(bundle, digest, f"{type(error).__name__}: {error}")
    if not held:
        return _failed(bundle, digest, "nothing forbids it and nothing permits it")
    return _verdict(bundle, digest, held)


def _failed(bundle: Bundle, digest: str, error: str) -> Verdict:
    return Verdict(
        outcome="deny",
        layer="platform",
        code="policy.engine-error",
        reason=f"the policies could not be evaluated, so nothing is allowed: {error[:200]}",
        determining=(ENGINE_ERROR,),
        bundle=bundle.digest,
        facts_digest=digest,
    )


def _hold(bundle: Bundle, rule: str, step: Step, facts: Facts) -> _Held:
    policy, forbid = bundle.spoken[rule]
    hold = policy.document.hold(policy.ref, forbid.part, step, facts)
    ways = {
        "defer": hold.until,
        "approve": hold.approval,
        "reserve": hold.reserve,
        "mask": hold.masks or None,
    }
    # Without a way on there is nothing to wait for.
    way_on = forbid.obligation not in ways or ways[forbid.obligation] is not None
    return _Held(rule, policy, forbid.obligation if way_on else "deny", hold)


def _until(one: _Held) -> datetime:
    return cast(datetime, one.hold.until)


def _verdict(bundle: Bundle, digest: str, held: list[_Held]) -> Verdict:
    chosen = min(held, key=lambda one: _ORDER.index(one.obligation))
    alike = [one for one in held if one.obligation == chosen.obligation]
    if chosen.obligation == "defer":
        # Waiting for the last of them saves a round for each of the others.
        chosen = max(alike, key=_until)
    return Verdict(
        outcome=chosen.obligation,
        policy=chosen.policy.name,
        layer=chosen.policy.layer,
        code=chosen.hold.code,
        reason=chosen.hold.reason,
        until=chosen.hold.until if chosen.obligation == "defer" else None,
        approval=chosen.hold.approval if chosen.obligation == "approve" else None,
        reserve=tuple(one.hold.reserve for one in alike if one.hold.reserve)
        if chosen.obligation == "reserve"
        else (),
        masks=tuple(dict.fromkeys(at for one in alike for at in one.hold.masks))
        if chosen.obligation == "mask"
        else (),
        determining=tuple(one.rule for one in held),
        bundle=bundle.digest,
        facts_digest=digest,
    )
