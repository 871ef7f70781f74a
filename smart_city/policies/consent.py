"""consent: a message goes out only to somebody who agreed to its channel and purpose."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from smart_city.cedar import names
from smart_city.facts import UNKNOWN, Facts, Step, Subject
from smart_city.policies.kind import Forbid, Hold, Ref, Restriction
from symphainy.delivery import Purpose

__all__ = ["Consent"]


class Consent(Restriction):
    """No message without consent on record; a customer nobody knows gave none."""

    kind: Literal["consent"]
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)] | None = None
    """Only messages of these purposes, and messages that do not say theirs."""
    on_breach: Literal["deny", "skip"] = Field("deny", alias="onBreach")

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        yield Forbid(
            self.on_breach,
            f"no consent on record (`{ref.name}`)",
            unless=("context.facts.contains(resource.consent)",),
        )

    def scope(self) -> tuple[str, ...]:
        if not self.purposes:
            return super().scope()
        purposes = f"{names((*self.purposes, UNKNOWN))}.contains(resource.purpose)"
        return (*super().scope(), purposes)

    def about(self, subject: Subject) -> bool:
        meant = not self.purposes or subject.meant_for in (*self.purposes, UNKNOWN)
        return meant and super().about(subject)

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        purpose = step.purpose or "an unnamed purpose"
        reason = f"no consent for {purpose} by {step.channel or UNKNOWN} (`{ref.name}`)"
        if facts.consents is None:
            reason += ", the customer is unknown"
        return Hold("policy.no-consent", reason)
