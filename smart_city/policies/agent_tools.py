"""agentTools: what may be called by runs that an agent started."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from smart_city.cedar import names
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.calling import CALLED, Asking
from smart_city.policies.kind import Forbid, Hold, Ref, says
from smart_city.verdict import Obligation

__all__ = ["AgentTools"]

Tool = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][\w-]*\.[A-Za-z][\w-]*(:[0-9]{1,6})?$", max_length=200),
]


class AgentTools(Asking):
    """Where a principal of kind agent stands behind a run, it calls these and nothing else."""

    fresh = False

    kind: Literal["agentTools"]
    tools: Annotated[tuple[Tool, ...], Field(max_length=500)]
    """Capabilities (`insights.score`, `insights.score:1`), channels (`experience.email`), and
    calls such as `call.http`. With none, an agent calls nothing."""
    on_breach: Literal["deny", "skip", "approval"] = Field("deny", alias="onBreach")

    @property
    def asks(self) -> bool:
        return self.on_breach == "approval"

    @model_validator(mode="after")
    def _is_about_agents(self) -> Self:
        if self.channels or self.before:
            message = "it is about all that agents call: leave out channels and before"
            raise PydanticCustomError("scope", message)
        return self

    def default_scope(self) -> tuple[str, ...]:
        return ('principal.kind == "agent"', CALLED)

    def default_about(self, subject: Subject) -> bool:
        return bool(subject.capability) and not subject.called_any(self.tools)

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        # A list without items has no type in Cedar.
        listed = f"resource.called.containsAny({names(self.tools)})" if self.tools else ""
        unless = (listed,) if listed else ()
        reason = f"agents do not call this (`{ref.name}`)"
        if not self.asks:
            way: Obligation = "skip" if self.on_breach == "skip" else "deny"
            yield Forbid(way, reason, unless=unless)
            return
        yield Forbid("approve", reason, unless=(*unless, says(ref, "approved")))
        for one in self.answers(ref, ()):
            yield Forbid(one.obligation, one.reason, one.when, unless, one.part)

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        if part == "rejected":
            return Hold("policy.approval-rejected", f"`{ref.name}` was rejected")
        if part == "expired":
            return Hold("policy.approval-expired", f"nobody approved `{ref.name}` in time")
        called = step.capability or "this"
        if self.asks:
            reason = f"an agent calls {called} with the approval of {self.wish()} (`{ref.name}`)"
            return Hold("policy.approval-needed", reason, approval=self.approval(ref, step))
        return Hold("policy.agent-tool", f"an agent does not call {called} (`{ref.name}`)")
