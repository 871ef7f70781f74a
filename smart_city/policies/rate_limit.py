"""rateLimit: not faster than so many in so long; what is too fast waits."""

from typing import Annotated, Literal

from pydantic import Field

from smart_city.cedar import names
from smart_city.facts import Subject
from smart_city.policies.frequency_cap import Counted
from smart_city.policies.kind import Breach, Names
from smart_city.verdict import Scope

__all__ = ["RateLimit"]


class RateLimit(Counted):
    """At most `max` steps within any `per`, counted by solution, channel or tenant; the others
    wait for their turn."""

    kind: Literal["rateLimit"]
    capabilities: Names | None = None
    """Only calls of these, as `realm.capability` or `realm.capability:major`."""
    scope_: Annotated[Scope, Field(alias="scope")] = "solution"
    on_breach: Annotated[Breach, Field(alias="onBreach")] = "defer"

    def scope(self) -> tuple[str, ...]:
        if not self.capabilities:
            return super().scope()
        called = f"resource.called.containsAny({names(self.capabilities)})"
        return (called, *(super().scope() if self.channels or self.before else ()))

    def about(self, subject: Subject) -> bool:
        if not self.capabilities:
            return super().about(subject)
        narrower = bool(self.channels or self.before)
        meant = subject.called_any(self.capabilities)
        return meant and (not narrower or super().about(subject))
