"""What decisions that were made would be under other policies."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from smart_city.bundle import Bundle, Policy
from smart_city.decide import settled
from smart_city.evidence import Evidence, restored
from smart_city.facts import Facts, Reserved, Step
from smart_city.verdict import CapNeed, Verdict

__all__ = ["Counters", "replayed", "unchanged"]

ROUNDS = 4


@dataclass
class Counters:
    """What was taken of caps and budgets while decisions are made again, one after another."""

    taken: dict[str, list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, need: CapNeed, now: datetime) -> Reserved:
        """A place, if there is one among those that were taken here."""
        since = now - need.window
        within = [one for one in self.taken[need.counter] if one[0] > since]
        self.taken[need.counter] = within
        if not need.forced and sum(amount for _, amount in within) + need.amount > need.max:
            free = within[0][0] + need.window if within else None
            return Reserved(granted=False, free_at=free)
        within.append((now, need.amount))
        return Reserved(granted=True)


def replayed(
    bundle: Bundle, same: frozenset[str], evidence: Evidence, counters: Counters
) -> Verdict | None:
    """What the decision would be under `bundle`; None if that cannot be known from what was kept.

    Of the policies `same`, which hold as they did, the places are those that were had then; the
    others take theirs from `counters`.
    """
    step, facts, cost = restored(evidence)
    about = bundle.about(step.subject)
    if any(_unknown(one, same, facts) for one in about):
        return None
    facts = replace(
        facts,
        reservations={id: one for id, one in facts.reservations.items() if id in same},
        amounts={**facts.amounts, **dict(_amounts(about, same, cost))},
        bare={**dict(_bare(about, same, step)), **_kept(facts.bare, same)},
    )
    for _ in range(ROUNDS):
        verdict = settled(bundle, step, facts)
        if verdict.outcome != "reserve":
            break
        made = {one.policy: counters.take(one, facts.now) for one in verdict.reserve}
        facts = replace(facts, reservations={**facts.reservations, **made})
    return verdict


def _unknown(policy: Policy, same: frozenset[str], facts: Facts) -> bool:
    """Whether it looks at what a step was called with, of which nothing is kept."""
    document = policy.document
    if policy.id in same:
        return False
    asks = document.counts and document.amount(None, "0") is None
    return asks or bool(getattr(document, "fields", None)) or bool(document.when)


def _amounts(
    about: tuple[Policy, ...], same: frozenset[str], cost: str | None
) -> Iterator[tuple[str, int]]:
    for one in about:
        amount = one.document.amount(None, cost) if one.document.counts else None
        if amount is not None and one.id not in same:
            yield one.id, amount


def _bare(
    about: tuple[Policy, ...], same: frozenset[str], step: Step
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in about:
        if one.id not in same and (found := one.document.bare(None, step.carries)):
            yield one.id, found


def _kept(bare: Mapping[str, tuple[str, ...]], same: frozenset[str]) -> dict[str, tuple[str, ...]]:
    return {id: one for id, one in bare.items() if id in same}


def unchanged(before: Bundle, after: Bundle) -> frozenset[str]:
    """The ids of the policies that hold in both, and say the same."""
    said = {one.id: one.document for one in before.written}
    return frozenset(one.id for one in after.written if said.get(one.id) == one.document)
