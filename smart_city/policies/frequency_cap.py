"""frequencyCap: not more than so many in so long; a place is taken, never only looked up."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from smart_city import duration, window
from smart_city.facts import Facts, Step
from smart_city.policies.kind import Breach, Duration, Forbid, Hold, Ref, Restriction, says
from smart_city.verdict import CapNeed, Scope
from symphainy.json import canonical

__all__ = ["Counted", "FrequencyCap", "counter"]


class Counted(Restriction):
    """A kind that takes a place for each step, of so many within any `per`."""

    counts = True

    max: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    per: Duration
    scope_: Scope = Field("customer", alias="scope")
    """What is counted by: each has places of its own."""
    on_breach: Breach = Field("skip", alias="onBreach")

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        limit = f"`{ref.name}` allows {self.max} in {duration.spoken(self.per)}"
        yield Forbid(
            "reserve",
            limit,
            unless=(says(ref, "reserved"), says(ref, "exhausted")),
        )
        yield Forbid(
            self.on_breach,
            f"{limit}, all are used",
            when=(says(ref, "exhausted"),),
            part="exhausted",
        )
        if self.scope_ == "customer":
            yield Forbid(
                "deny" if self.on_breach == "defer" else self.on_breach,
                f"{limit} to a customer, and the customer is unknown",
                unless=('context.facts.contains("customer known")',),
                part="unknown",
            )

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        limit = (
            f"`{ref.name}` allows {self.max} in {duration.spoken(self.per)} to one {self.scope_}"
        )
        if part == "unknown":
            return Hold("policy.customer-unknown", f"{limit}, and the customer is unknown")
        if part == "exhausted":
            return self._reached(ref, limit, facts)
        return Hold("policy.reservation-needed", limit, reserve=self.need(ref, step))

    def _reached(self, ref: Ref, limit: str, facts: Facts) -> Hold:
        reserved = facts.reservations.get(ref.id) or facts.reservations.get(ref.name)
        until = reserved.free_at if reserved else None
        reason = f"{limit}, and all are used"
        if until and self.on_breach == "defer":
            reason += f", held until {window.spoken(until, facts.now, window.zone(facts.zone))}"
        return Hold("policy.cap-reached", reason, until=until)

    def need(self, ref: Ref, step: Step) -> CapNeed:
        """The place to take for `step`."""
        return CapNeed(
            policy=ref.id,
            scope=self.scope_,
            counter=counter(ref, self.scope_, step),
            max=self.max,
            window=self.per,
        )


def counter(ref: Ref, scope: Scope, step: Step) -> str:
    """What is counted: the policy, whose it is, and by whom."""
    subject = {
        "customer": step.customer,
        "run": step.run,
        "solution": step.solution,
        "channel": step.channel,
        "tenant": step.tenant,
    }
    # Two solutions may each have a policy of this name; they do not share a counter.
    home = step.solution if ref.layer == "solution" else ""
    return canonical([ref.id, home, scope, subject[scope]]).decode()


class FrequencyCap(Counted):
    """At most `max` steps within any `per`, counted by customer, run, solution, channel or
    tenant."""

    kind: Literal["frequencyCap"]
