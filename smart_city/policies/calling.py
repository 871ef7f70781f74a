"""What kinds have in common that can be about calls of capabilities, and that people discharge."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from smart_city import duration
from smart_city.approval import Approval, ApprovalNeed, admissible
from smart_city.cedar import names
from smart_city.facts import Step, Subject
from smart_city.policies.kind import Duration, Forbid, Names, Ref, Restriction, Text, says
from symphainy.errors import Refused

__all__ = ["CALLED", "Asking", "Calling"]

CALLED = "!(resource.called.isEmpty())"
"""Whether a step calls anything, as Cedar says it."""


class Calling(Restriction):
    """A kind that can be about calls of some capabilities."""

    capabilities: Names | None = None
    """Only calls of these, as `realm.capability` or `realm.capability:major`."""

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


class Asking(Restriction):
    """A kind that a person with a role can discharge."""

    role: Text | None = None
    """Whose yes lets a step go, where people are asked."""
    within: Duration | None = None
    """How long to wait for an answer; without it, for ever."""
    distinct_from: tuple[Literal["initiator"], ...] = Field(("initiator",), alias="distinctFrom")

    @property
    def asks(self) -> bool:
        """Whether people are asked where it is broken."""
        return False

    @model_validator(mode="after")
    def _asks_somebody(self) -> Self:
        if self.asks and self.role is None:
            raise PydanticCustomError("role", "where people are asked, `role` says whom")
        if not self.asks and (self.role is not None or self.within is not None):
            raise PydanticCustomError("role", "`role` and `within` are for where people are asked")
        return self

    def approved(self, ref: Ref, approval: Approval, step: Step) -> bool:
        if not self.asks:
            return False
        try:
            admissible(self.approval(ref, step), approval.by, tenant=step.tenant)
        except Refused:
            return False
        return True

    def approval(self, ref: Ref, step: Step) -> ApprovalNeed:
        """Whose yes discharges it for `step`."""
        who = {step.principal.id: None, step.principal.accountable: None}
        distinct = tuple(who) if self.distinct_from else ()
        role = self.role or ""
        return ApprovalNeed(policy=ref.id, role=role, within=self.within, distinct_from=distinct)

    def answers(self, ref: Ref, when: tuple[str, ...]) -> Iterator[Forbid]:
        """The forbids of what nobody approved of."""
        no = (*when, says(ref, "rejected"))
        yield Forbid("deny", f"`{ref.name}` was rejected", when=no, part="rejected")
        late = (*when, says(ref, "expired"))
        yield Forbid("deny", f"`{ref.name}` was not decided in time", when=late, part="expired")

    def wish(self) -> str:
        """Whom it asks, in words."""
        role = self.role or ""
        one = f"an {role}" if role[:1].lower() in "aeiou" else f"a {role}"
        return one + (f" within {duration.spoken(self.within)}" if self.within else "")
