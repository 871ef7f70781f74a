"""dataClass and mask: what of the data goes where, and what of it nobody gets to see."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from smart_city.cedar import names
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.calling import CALLED, Calling
from smart_city.policies.kind import Channels, Fact, Forbid, Hold, Names, Ref, Restriction, says
from symphainy.classified import NAME, masked_already, named
from symphainy.json import Json

__all__ = ["DataClass", "Mask"]

Classes = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=NAME)], ...], Field(min_length=1, max_length=50)
]
Labels = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[^/#\s]{1,100}$")], ...],
    Field(min_length=1, max_length=50),
]


class Only(BaseModel):
    """The only places where data may go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: Channels | None = None
    adapters: Names | None = None
    capabilities: Names | None = None

    @model_validator(mode="after")
    def _names_some(self) -> Self:
        if not (self.channels or self.adapters or self.capabilities):
            raise PydanticCustomError("empty", "say `channels`, `adapters` or `capabilities`")
        return self

    def meant(self) -> Iterator[str]:
        """The Cedar conditions of which one has to hold."""
        if self.channels:
            yield f"{names(self.channels)}.contains(resource.channel)"
        if self.adapters:
            yield f"{names(self.adapters)}.contains(resource.adapter)"
        if self.capabilities:
            yield f"resource.called.containsAny({names(self.capabilities)})"


class _Leaving(Calling):
    def default_scope(self) -> tuple[str, ...]:
        return (CALLED,)

    def default_about(self, subject: Subject) -> bool:
        return bool(subject.capability)


class DataClass(_Leaving):
    """Data of these classes does not go there: to the channels, adapters and capabilities that
    are named, or with `onlyTo`, to any others. Classes are what schemas say with `x-data-class`:
    that of the solution's input, and those of what capabilities take and give. Values of the
    input, and of what capabilities gave, are recognised in what a step is called with, whole or
    within a text; what an expression has made into something else is not. Where a message goes
    to is none of its data."""

    # The run knows its data, and the adapter is in its plan.
    fresh = False

    kind: Literal["dataClass"]
    classes: Classes
    adapters: Names | None = None
    """Only what goes out through these."""
    only_to: Only | None = Field(None, alias="onlyTo")
    on_breach: Literal["deny", "skip"] = Field("deny", alias="onBreach")

    def scope(self) -> tuple[str, ...]:
        if not self.adapters:
            return super().scope()
        through = f"{names(self.adapters)}.contains(resource.adapter)"
        narrower = self.channels or self.before or self.capabilities
        return (through, *(super().scope() if narrower else ()))

    def about(self, subject: Subject) -> bool:
        # A run asks without saying the adapter; the rule in Cedar is the one that decides.
        if self.adapters and subject.adapter not in (*self.adapters, None):
            return False
        return super().about(subject)

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        carried = names(f"carries {one}" for one in self.classes)
        yield Forbid(
            self.on_breach,
            f"`{ref.name}`: data of the class {' or '.join(self.classes)} does not go there",
            when=(f"context.facts.containsAny({carried})",),
            unless=tuple(self.only_to.meant()) if self.only_to else (),
        )

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        found = {one for some in step.carries.values() for one in some}.intersection(self.classes)
        where = step.channel or step.capability
        what = " and ".join(sorted(found))
        return Hold("policy.data-class", f"`{ref.name}`: {what} data does not go to {where}")


class Mask(_Leaving):
    """What is named, and data of these classes, is made unreadable before a message is composed
    or a capability called: nothing behind it, and not the outbox either, sees it. Without
    channels, tasks or capabilities: in messages."""

    finds = True

    kind: Literal["mask"]
    fields: Labels | None = None
    """Names of properties, at any depth of what a step is called with."""
    classes: Classes | None = None
    """Data of these classes, as schemas say them with `x-data-class`."""

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if not self.fields and not self.classes:
            raise PydanticCustomError("empty", "a mask names `fields` or `classes`")
        return self

    def default_scope(self) -> tuple[str, ...]:
        return ('action == Symphainy::Action::"deliver"',)

    def default_about(self, subject: Subject) -> bool:
        return subject.effect == "message"

    def bare(self, arguments: Json, carries: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        found = [*self.classed(carries), *named(arguments, self.fields or ())]
        return tuple(one for one in dict.fromkeys(found) if not masked_already(arguments, one))

    def classed(self, carries: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        wanted = {*(self.classes or ())}
        return tuple(at for at, some in carries.items() if not wanted.isdisjoint(some))

    def unkept(self) -> str | None:
        return "fields" if self.fields else None

    def finds_like(self, other: Restriction) -> bool:
        if not isinstance(other, Mask):
            return False
        return (self.fields, self.classes) == (other.fields, other.classes)

    def found(self, ref: Ref, step: Step, facts: Facts) -> Iterator[Fact]:
        if facts.bare.get(ref.id):
            yield "bare"

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        yield Forbid("mask", f"`{ref.name}` is masked first", when=(says(ref, "bare"),))

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        masks = facts.bare.get(ref.id, ())
        return Hold("policy.mask-needed", f"`{ref.name}` masks it first", masks=masks)
