"""What decisions that were made would be under other policies."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from smart_city.bundle import Bundle, LayeredDocument, Policy, compile_bundle
from smart_city.decide import settled
from smart_city.evidence import Evidence, restored
from smart_city.facts import Facts, Reserved, Subject
from smart_city.verdict import CapNeed, Outcome, Verdict

__all__ = ["Counters", "Unknown", "came_to", "replayed"]

ROUNDS = 4


@dataclass
class _Window:
    """What was taken of one counter, the first first."""

    places: deque[tuple[datetime, int, str]] = field(default_factory=deque)
    used: int = 0
    holders: set[str] = field(default_factory=set)

    def pass_to(self, since: datetime) -> None:
        """Let go of what was taken until then."""
        while self.places and self.places[0][0] <= since:
            _, amount, holder = self.places.popleft()
            self.used -= amount
            self.holders.discard(holder)


@dataclass
class Counters:
    """What was taken of caps and budgets while decisions are made again, the first first."""

    windows: dict[tuple[str, timedelta], _Window] = field(
        default_factory=lambda: defaultdict(_Window)
    )

    def look(self, need: CapNeed, instance: str, now: datetime) -> Reserved:
        """Whether there is a place for that step instance among those that were taken here."""
        window = self.windows[need.counter, need.window]
        window.pass_to(now - need.window)
        had = instance in window.holders
        if had or need.forced or window.used + need.amount <= need.max:
            return Reserved(granted=True)
        free_at = window.places[0][0] + need.window if window.places else None
        return Reserved(granted=False, free_at=free_at)

    def take(self, need: CapNeed, instance: str, now: datetime) -> None:
        """Take it; a step instance takes one, however often it is decided on."""
        window = self.windows[need.counter, need.window]
        if instance not in window.holders:
            window.places.append((now, need.amount, instance))
            window.used += need.amount
            window.holders.add(instance)


class Unknown(NamedTuple):
    """Why nobody can know what a decision would be."""

    policy: str
    """The id of the policy that looks at what was not kept."""
    field: str
    """What of it does."""

    def __str__(self) -> str:
        looks = f"`{self.field}` of {self.policy} looks at"
        data = "the data of the run" if self.field == "when" else "what a step is called with"
        return f"{looks} {data}, of which nothing is kept"


def replayed(
    before: Bundle, after: Bundle, evidence: Evidence, counters: Counters
) -> Verdict | Unknown:
    """What the decision would be under `after`, when it was made under `before`.

    The places of policies that say the same are those that were had then; the others take theirs
    from `counters`. What cannot be known of a policy does not matter where the others deny, or
    where the decision is the same whether it holds or not.
    """
    again = _Again(before, after, evidence)
    if not again.unknown:
        return again.taken(again.settle(after, counters), counters)
    least = again.settle(_without(after, {one.policy for one in again.unknown}), counters)
    if least.verdict.outcome == "deny":
        return least.verdict
    # What is masked is done as if it were not there.
    matter = {"amount", "fields"} if least.verdict.outcome == "allow" else {"amount"}
    for one in again.unknown:
        if one.field in matter:
            return one
    if again.settle(after, counters).verdict.outcome != least.verdict.outcome:
        return again.unknown[0]
    return again.taken(least, counters)


def came_to(outcome: Outcome, masked: bool) -> Outcome:
    """The outcome in one word: what is allowed once it is masked is masked."""
    return "mask" if outcome == "allow" and masked else outcome


class _Settled(NamedTuple):
    verdict: Verdict
    needs: tuple[CapNeed, ...]
    """The places it takes where it allows."""


class _Again:
    """One decision, with the facts that other policies would have had."""

    def __init__(self, before: Bundle, after: Bundle, evidence: Evidence) -> None:
        step, self._facts, self._cost = restored(evidence)
        self._was = {one.id: one.document for one in before.written}
        about = after.about(step.subject)
        self._same = frozenset(one.id for one in about if self._was.get(one.id) == one.document)
        self._measured = self._same | {one.id for one in about if self._alike(one, step.subject)}
        asked = {one.id for one in about if self._asked(one)}
        held = {id: held for id, held in step.conditions.items() if id in asked}
        self._step = replace(step, conditions=held)
        self.unknown = tuple(self._unknown(about, asked))
        """What looks at what was not kept, neither for it nor for one like it."""

    def _alike(self, policy: Policy, subject: Subject) -> bool:
        old = self._was.get(policy.id)
        return old is not None and old.about(subject) and policy.document.finds_like(old)

    def _asked(self, policy: Policy) -> bool:
        old = self._was.get(policy.id)
        return old is not None and old.when == policy.document.when

    def _unknown(self, about: Iterable[Policy], asked: Collection[str]) -> Iterator[Unknown]:
        for one in about:
            name = one.document.unkept()
            if name is not None and one.id not in self._measured:
                yield Unknown(one.id, name)
            elif one.document.when and one.id not in asked:
                yield Unknown(one.id, "when")

    def settle(self, bundle: Bundle, counters: Counters) -> _Settled:
        """The decision under `bundle`, and what it would take."""
        facts, needs = self._known(bundle), list[CapNeed]()
        for _ in range(ROUNDS):
            verdict = settled(bundle, self._step, facts)
            if verdict.outcome != "reserve":
                break
            needs += verdict.reserve
            now, instance = facts.now, self._instance
            made = {one.policy: counters.look(one, instance, now) for one in verdict.reserve}
            facts = replace(facts, reservations={**facts.reservations, **made})
        return _Settled(verdict, tuple(needs))

    def taken(self, settled: _Settled, counters: Counters) -> Verdict:
        """The verdict, with its places taken if it allows."""
        if settled.verdict.outcome == "allow":
            for one in settled.needs:
                counters.take(one, self._instance, self._facts.now)
        return settled.verdict

    @property
    def _instance(self) -> str:
        return f"{self._step.run} {self._step.key}"

    def _known(self, bundle: Bundle) -> Facts:
        facts, about = self._facts, bundle.about(self._step.subject)
        return replace(
            facts,
            reservations={id: one for id, one in facts.reservations.items() if id in self._same},
            amounts=dict(self._amounts(about)),
            bare=dict(self._bare(about)),
        )

    def _amounts(self, about: Iterable[Policy]) -> Iterator[tuple[str, int]]:
        for one in about:
            if one.id in self._measured:
                amount = self._facts.amounts.get(one.id)
            else:
                amount = one.document.amount(None, self._cost) if one.document.counts else None
            if amount is not None:
                yield one.id, amount

    def _bare(self, about: Iterable[Policy]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for one in about:
            if one.id in self._measured:
                found = self._facts.bare.get(one.id, ())
            else:
                found = one.document.classed(self._step.carries)
            if found:
                yield one.id, found


def _without(bundle: Bundle, gone: Collection[str]) -> Bundle:
    return compile_bundle(
        LayeredDocument(one.layer, one.name, _written(one))
        for one in bundle.written
        if one.id not in gone
    )


def _written(policy: Policy) -> dict[str, Any]:
    return policy.document.model_dump(by_alias=True, exclude_none=True, mode="json")
