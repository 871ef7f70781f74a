"""approval: a step waits until a person with the role says yes."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from smart_city import duration
from smart_city.approval import Approval, ApprovalNeed, admissible
from smart_city.cedar import literal, names
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.kind import Duration, Forbid, Hold, Names, Ref, Restriction, Text, says
from symphainy.errors import Refused

__all__ = ["NeedsApproval"]

_EFFECTS = ("deliver", "write", "pay")


class NeedsApproval(Restriction):
    """A person decides first; without channels, tasks or capabilities: on every effect."""

    fresh = False

    kind: Literal["approval"]
    capabilities: Names | None = None
    """Only calls of these, as `realm.capability` or `realm.capability:major`."""
    role: Text
    within: Duration | None = None
    """How long to wait for an answer; without it, for ever."""
    on_timeout: Literal["deny", "skip"] = Field("deny", alias="onTimeout")
    distinct_from: tuple[Literal["initiator"], ...] = Field(("initiator",), alias="distinctFrom")

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        yield Forbid(
            "approve",
            f"`{ref.name}` needs the approval of {_one(self.role)}",
            unless=(says(ref, "approved"),),
        )
        yield Forbid(
            "deny",
            f"`{ref.name}` was rejected",
            when=(says(ref, "rejected"),),
            part="rejected",
        )
        yield Forbid(
            self.on_timeout,
            f"`{ref.name}` was not decided in time",
            when=(says(ref, "expired"),),
            part="expired",
        )

    def scope(self) -> tuple[str, ...]:
        if not self.capabilities:
            return super().scope()
        called = f"resource.called.containsAny({names(self.capabilities)})"
        return (called, *(super().scope() if self.channels or self.before else ()))

    def default_scope(self) -> tuple[str, ...]:
        actions = ", ".join(f"Symphainy::Action::{literal(one)}" for one in _EFFECTS)
        return (f"action in [{actions}]",)

    def about(self, subject: Subject) -> bool:
        if not self.capabilities:
            return super().about(subject)
        narrower = bool(self.channels or self.before)
        meant = not {*self.capabilities}.isdisjoint(subject.called)
        return meant and (not narrower or super().about(subject))

    def default_about(self, subject: Subject) -> bool:
        return subject.effect in ("message", "write", "money")

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        if part == "rejected":
            return Hold("policy.approval-rejected", f"`{ref.name}` was rejected")
        if part == "expired":
            reason = f"nobody approved `{ref.name}` in time"
            return Hold("policy.approval-expired", reason)
        reason = f"`{ref.name}` needs the approval of {_one(self.role)}"
        if self.within:
            reason += f" within {duration.spoken(self.within)}"
        return Hold("policy.approval-needed", reason, approval=self.need(ref, step))

    def approved(self, ref: Ref, approval: Approval, step: Step) -> bool:
        try:
            admissible(self.need(ref, step), approval.by, tenant=step.tenant)
        except Refused:
            return False
        return True

    def need(self, ref: Ref, step: Step) -> ApprovalNeed:
        """Whose yes discharges this policy for `step`."""
        who = {step.principal.id: None, step.principal.accountable: None}
        distinct = tuple(who) if self.distinct_from else ()
        return ApprovalNeed(
            policy=ref.id, role=self.role, within=self.within, distinct_from=distinct
        )


def _one(role: str) -> str:
    return f"an {role}" if role[0].lower() in "aeiou" else f"a {role}"
