"""What of a decision the register keeps, and what it was made on."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from public_works.facts import Known
from smart_city.bundle import Bundle
from smart_city.context import ExecutionContext
from smart_city.decide import Advice, Facts, Step, Verdict
from smart_city.evidence import kept
from smart_city.grant import Grant
from temporal.addresses import run_of
from temporal.gate.request import DecisionRequest

__all__ = ["Case", "reservation"]


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of one decision before it is made."""

    context: ExecutionContext | Grant
    request: DecisionRequest
    known: Known
    bundle: Bundle
    step: Step
    facts: Facts
    cost: str | None
    place: str | None
    region: str | None
    would: Advice | None
    """What the strictest would have done of the policies in shadow and those that advise."""
    advice: Advice | None

    def record(self, verdict: Verdict, facts: Facts, point: str = "outbound") -> dict[str, Any]:
        """The decision as the register keeps it."""
        request, workflow = self.request, self.context.workflow
        identity = f"{workflow}|{request.key}|{verdict.facts_digest}|{verdict.outcome}"
        return {
            "id": hashlib.sha256(identity.encode()).hexdigest()[:32],
            "run": run_of(workflow),
            "step": request.step,
            "point": point,
            "outcome": verdict.outcome,
            "policy": verdict.policy,
            "layer": verdict.layer,
            "reason": verdict.reason,
            "bundle": verdict.bundle,
            "facts_digest": verdict.facts_digest,
            "at": request.now,
            "details": {
                "capability": request.capability,
                "key": request.key,
                "determining": list(verdict.determining),
                **({"masked": list(verdict.masks)} if verdict.masks else {}),
                **({"advice": self.advice.model_dump(mode="json")} if self.advice else {}),
                **self._shadow(),
            },
            "evidence": self._evidence(facts),
        }

    def _shadow(self) -> dict[str, Any]:
        would = self.would
        if would is None:
            return {}
        said = {"outcome": would.outcome, "policy": would.policy, "layer": would.layer}
        return {"would": {**said, "reason": would.reason}}

    def _evidence(self, facts: Facts) -> dict[str, Any]:
        # Policies that nobody had thought of look at where it goes too.
        seen = {"destination": self.place, "region": self.region}
        return {
            "solution": self.context.solution,
            "plan": self.context.plan,
            "policies": dict(self.known.policies),
            **kept(self.step, _with(facts, seen), self.cost),
        }


def _with(facts: Facts, seen: dict[str, str | None]) -> Facts:
    known: dict[str, Any] = {name: one for name, one in seen.items() if one is not None}
    return replace(facts, **known)


def reservation(context: ExecutionContext | Grant, step_key: str, policy: str) -> str:
    """One reservation for one step instance, however often it is decided or attempted; a run that
    begins again after one of the same key failed takes places of its own."""
    named = f"{context.workflow}|{context.intent}|{step_key}|{policy}"
    return hashlib.sha256(named.encode()).hexdigest()
