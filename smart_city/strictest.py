"""Where somebody is, when all that is known is where they may be: there it is latest at night."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from smart_city.bundle import Bundle
from smart_city.decide import decide
from smart_city.facts import Facts, Step
from smart_city.verdict import Verdict
from smart_city.window import zone

__all__ = ["strictest"]

_WEIGHT = {"deny": 3, "skip": 2, "defer": 1}
_NEVER = datetime.min.replace(tzinfo=UTC)


def strictest(bundle: Bundle, step: Step, facts: Facts, zones: Sequence[str]) -> Facts:
    """`facts` with that of `zones` as the customer's in which least is allowed now, unless their
    own is known. A message that waits for the morning of one is decided on again then, and waits
    for the next."""
    if facts.zone is not None or not _asked(bundle):
        return facts
    # Most zones of a country show the same time as another.
    apart = {facts.now.astimezone(zone(one)).replace(tzinfo=None): one for one in reversed(zones)}
    known = [replace(facts, zone=one) for one in apart.values()]
    return max(known, key=lambda one: _weight(decide(bundle, step, one)), default=facts)


def _asked(bundle: Bundle) -> bool:
    return any(clock.partition(" ")[0] == "customer" for clock in bundle.clocks)


def _weight(verdict: Verdict) -> tuple[int, datetime]:
    return _WEIGHT.get(verdict.outcome, 0), verdict.until or _NEVER
