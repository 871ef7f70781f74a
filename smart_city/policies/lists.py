"""allowList and denyList: where messages and calls may go, and to whom."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from smart_city.cedar import names
from smart_city.destinations import listed, wrong
from smart_city.facts import UNKNOWN, Facts, Step, Subject
from smart_city.policies.kind import Fact, Forbid, Hold, Names, Ref, Restriction, Text, says

__all__ = ["CALLS", "AllowList", "DenyList", "Place"]

_ADDRESSED = frozenset({"email", "sms", "voice", "webhook", UNKNOWN})
"""Channels whose messages go to a domain or a number."""
CALLS = ("call.a2a", "call.asyncapi", "call.grpc", "call.http", "call.mcp")


def _place(entry: str) -> str:
    if (why := wrong(entry)) is not None:
        raise PydanticCustomError(
            "destination", "`{entry}` is no destination: " + why, {"entry": entry[:60]}
        )
    return entry


Place = Annotated[Text, AfterValidator(_place)]


class _List(Restriction):
    places = True
    finds = True
    objection: ClassVar[str]
    """Where a destination that is held is, as people are told."""

    destinations: Annotated[tuple[Place, ...], Field(min_length=1, max_length=500)] | None = None
    """Domains with (`*.acme.example`) or without what is below them, mail addresses, numbers and
    beginnings of numbers (`+43*`)."""
    customers: Names | None = None
    """Ids of customers."""
    on_breach: Literal["deny", "skip"] = Field("deny", alias="onBreach")

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if not self.destinations and not self.customers:
            raise PydanticCustomError("empty", "a list names `destinations` or `customers`")
        elsewhere = sorted({*(self.channels or ())} - _ADDRESSED)
        if self.destinations and elsewhere:
            message = "messages on {channels} go to no domain or number"
            raise PydanticCustomError("channel", message, {"channels": ", ".join(elsewhere)})
        return self

    def default_scope(self) -> tuple[str, ...]:
        if not self.destinations:
            return super().default_scope()
        told = f"{names(sorted(_ADDRESSED))}.contains(resource.channel)"
        return (f"{told} || resource.called.containsAny({names(CALLS)})",)

    def default_about(self, subject: Subject) -> bool:
        if not self.destinations:
            return super().default_about(subject)
        return subject.heard_on in _ADDRESSED or subject.called_any(CALLS)

    def found(self, ref: Ref, step: Step, facts: Facts) -> Iterator[Fact]:
        if self.customers and step.customer in self.customers:
            yield "listed"
        elif self.destinations and facts.destination is None:
            yield "unplaced"
        elif self.destinations and listed(self.destinations, facts.destination or ""):
            yield "listed"

    def _unplaced(self, ref: Ref) -> Forbid:
        return Forbid(
            self.on_breach,
            f"`{ref.name}`, and nobody knows where it goes",
            when=(says(ref, "unplaced"),),
            part="unplaced",
        )

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        if part == "unplaced":
            reason = f"nobody knows where this goes, and `{ref.name}` is about that"
            return Hold("policy.destination-unknown", reason)
        return Hold("policy.destination", f"the destination is {self.objection} `{ref.name}`")


class AllowList(_List):
    """Messages and calls go to these destinations or customers only.

    That holds for each connection that a call opens: also where a redirect leads, and for whoever
    gives out its token.
    """

    kind: Literal["allowList"]
    objection = "not on the list"

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        unless = (says(ref, "listed"), says(ref, "unplaced"))
        yield Forbid(self.on_breach, f"not on the list `{ref.name}`", unless=unless)
        yield self._unplaced(ref)


class DenyList(_List):
    """Nothing goes to these destinations or customers."""

    kind: Literal["denyList"]
    objection = "on the list"

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        yield Forbid(self.on_breach, f"on the list `{ref.name}`", when=(says(ref, "listed"),))
        yield self._unplaced(ref)
