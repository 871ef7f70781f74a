"""Decisions that were made, made again under what a layer might say."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from pydantic import Field

from public_works.decisions import Made
from public_works.policies import PLATFORM
from smart_city.bundle import Bundle
from smart_city.layers import Layers, effective
from smart_city.replay import Counters, Unknown, came_to, replayed
from smart_city.verdict import Layer, Outcome, Verdict
from solution_api.services import Services
from solution_api.views import View

__all__ = ["MOST", "Changed", "Replay", "again"]

MOST = 10_000
"""Decisions in one answer."""
SHOWN = 1_000
"""Of those that change, as many are named in one answer."""
AT_ONCE = 500


class Changed(View):
    """A decision that would be another one."""

    decision: str
    run: str
    solution: str
    step: str
    at: datetime
    before: str
    after: str
    policy: str | None = Field(description="Because of which policy, `layer/name`.")
    code: str
    reason: str


class Replay(View):
    """What decisions would have been."""

    since: datetime
    decisions: int = Field(description="How many were made again.")
    changed: int
    unknown: int = Field(description="Of how many it cannot be known from what was kept of them.")
    reasons: dict[str, int] = Field(description="Why not, and of how many.")
    outcomes: dict[str, int] = Field(description="How many of those that change became what.")
    changes: list[Changed]
    cursor: str | None = Field(description="Send it to go on; null at the end.")


def again(
    services: Services,
    tenant: str,
    layer: Layer,
    policies: Mapping[str, Any],
    *,
    solution: str | None,
    since: datetime,
    cursor: str | None,
) -> Replay:
    """Decisions of `tenant` since then, with `layer` saying `policies` instead of what it did."""
    remaking = _Remaking(services, layer, policies)
    counters, outcomes, reasons = Counters(), Counter[str](), Counter[str]()
    changes: list[Changed] = []
    seen = unknown = 0
    last: Made | None = None
    for one in _made(services, tenant, since, solution, _after(cursor)):
        last, seen = one, seen + 1
        verdict = remaking.verdict(tenant, one, counters)
        if isinstance(verdict, Unknown):
            unknown += 1
            reasons[str(verdict)] += 1
        elif (change := _changed(one, verdict)) is not None:
            outcomes[f"{change.before} → {change.after}"] += 1
            changes.append(change)
        if seen == MOST or len(changes) == SHOWN:
            break
    full = seen == MOST or len(changes) == SHOWN
    return Replay(
        since=since,
        decisions=seen,
        changed=len(changes),
        unknown=unknown,
        reasons=dict(reasons),
        outcomes=dict(outcomes),
        changes=changes,
        cursor=json.dumps([last.at.isoformat(), last.id]) if full and last else None,
    )


class _Remaking:
    """Bundles as they were and as they would have been."""

    def __init__(self, services: Services, layer: Layer, policies: Mapping[str, Any]) -> None:
        self._services = services
        self._layer = layer
        self._policies = policies
        self._bundles = lru_cache(maxsize=256)(self._made)

    def verdict(self, tenant: str, one: Made, counters: Counters) -> Verdict | Unknown:
        """What the decision would be, or why nobody can know."""
        before, after = self._bundles(tenant, one.plan, json.dumps(one.policies, sort_keys=True))
        return replayed(before, after, one.evidence, counters)

    def _made(self, tenant: str, plan: str, digests: str) -> tuple[Bundle, Bundle]:
        held = json.loads(digests)
        written = self._services.stores.policies.written
        before: Layers = {
            "platform": _said(written(PLATFORM, held[PLATFORM])) if PLATFORM in held else {},
            "tenant": _said(written(tenant, held[tenant])) if tenant in held else {},
            "solution": self._services.plans.get(plan).policies,
        }
        return effective(before), effective({**before, self._layer: self._policies})


def _said(written: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = written.get("policies", {})
    return found


def _made(
    services: Services,
    tenant: str,
    since: datetime,
    solution: str | None,
    after: tuple[datetime, str] | None,
) -> Iterator[Made]:
    made = services.stores.decisions.made
    while some := made(tenant, since, solution=solution, after=after, limit=AT_ONCE):
        yield from some
        after = (some[-1].at, some[-1].id)


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, id = json.loads(cursor)
    return datetime.fromisoformat(at), str(id)


def _changed(one: Made, verdict: Verdict) -> Changed | None:
    was = came_to(cast(Outcome, one.outcome), one.masked)
    would = came_to(verdict.outcome, bool(verdict.masks))
    if was == would:
        return None
    # What is allowed now was held by the policy that spoke then.
    before = f"{one.layer}/{one.policy}" if one.policy else None
    return Changed(
        decision=one.id,
        run=one.run,
        solution=one.solution,
        step=one.step,
        at=one.at,
        before=was,
        after=would,
        policy=f"{verdict.layer}/{verdict.policy}" if verdict.policy else before,
        code=verdict.code,
        reason=verdict.reason,
    )
