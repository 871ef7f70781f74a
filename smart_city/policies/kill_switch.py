"""killSwitch: what is stopped, as long as the policy is there."""

from collections.abc import Iterator
from typing import Literal

from smart_city.cedar import literal, names
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.kind import Forbid, Hold, Names, Ref, Restriction, Text

__all__ = ["Stop"]


class Stop(Restriction):
    """Nothing of this is done; without channels, adapters, capabilities and solutions: nothing
    at all. What several of them name is what all of them have in common. Runs that wait find it
    when they go on."""

    kind: Literal["killSwitch"]
    adapters: Names | None = None
    """Only what goes out through these."""
    capabilities: Names | None = None
    """Only calls of these, as `realm.capability` or `realm.capability:major`."""
    solutions: Names | None = None
    """Only in these, `namespace.name`."""
    reason: Text
    """What happened; whoever looks at a stopped run reads it."""

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        reason = f"stopped by `{ref.name}`: {self.reason}"
        yield Forbid("deny", reason, when=tuple(self._in()))

    def _in(self) -> Iterator[str]:
        if self.solutions:
            uids = ", ".join(f"Symphainy::Solution::{literal(one)}" for one in self.solutions)
            yield f"resource in [{uids}]"
        if self.adapters:
            yield f"{names(self.adapters)}.contains(resource.adapter)"
        if self.capabilities:
            yield f"resource.called.containsAny({names(self.capabilities)})"

    def default_scope(self) -> tuple[str, ...]:
        return ()

    def about(self, subject: Subject) -> bool:
        if self.adapters and subject.adapter not in self.adapters:
            return False
        if self.capabilities and not subject.called_any(self.capabilities):
            return False
        return super().about(subject)

    def default_about(self, subject: Subject) -> bool:
        return True

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        return Hold("policy.kill-switch", f"stopped by `{ref.name}`: {self.reason}")
