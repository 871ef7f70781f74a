"""What a kind of policy is: a typed document that becomes Cedar forbids and explains them."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from smart_city import duration
from smart_city.approval import ApprovalNeed
from smart_city.cedar import literal, names
from smart_city.facts import UNKNOWN, Approval, Facts, Step, Subject
from smart_city.verdict import CapNeed, Layer, Obligation
from symphainy.catalog import Channel
from symphainy.json import Json

__all__ = ["Breach", "Channels", "Duration", "Fact", "Forbid", "Hold", "Ref", "Restriction", "says"]

Breach = Literal["deny", "skip", "defer"]

Duration = Annotated[
    timedelta,
    BeforeValidator(duration.parse, json_schema_input_type=str | dict[str, int]),
    PlainSerializer(duration.iso, return_type=str),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Channels = Annotated[tuple[Channel, ...], Field(min_length=1, max_length=20)]
Names = Annotated[tuple[Text, ...], Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Ref:
    """Which policy: its layer and its name."""

    layer: Layer
    name: str

    @property
    def id(self) -> str:
        return f"{self.layer}/{self.name}"


Fact = Literal[
    "excused",
    "approved",
    "rejected",
    "expired",
    "reserved",
    "exhausted",
    "listed",
    "unplaced",
    "free",
    "unpriced",
    "outside",
    "bare",
]


def says(ref: Ref, fact: Fact) -> str:
    """The Cedar condition that `fact` is known about the policy."""
    return f"context.facts.contains({literal(f'{ref.id} {fact}')})"


@dataclass(frozen=True, slots=True)
class Forbid:
    """One Cedar forbid of a policy; `part` tells the forbids of one policy apart."""

    obligation: Obligation
    reason: str
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    part: str = ""
    body: str = ""
    """All from the effect on, where a person wrote Cedar; `when` and `unless` are in it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What one satisfied forbid means for this step.

    A forbid that asks to defer, approve or reserve without saying here until when, whom or what
    is a denial.
    """

    code: str
    reason: str
    until: datetime | None = None
    approval: ApprovalNeed | None = None
    reserve: CapNeed | None = None
    masks: tuple[str, ...] = ()


class Restriction(BaseModel):
    """A policy document; subclasses are the kinds. It can forbid, never permit."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    fresh: ClassVar[bool] = True
    """Whether it reads facts that a workflow does not have."""
    clock: ClassVar[str | None] = None
    places: ClassVar[bool] = False
    """Whether it looks at where a step goes, or to whom."""
    finds: ClassVar[bool] = False
    """Whether `found` has something to say."""
    counts: ClassVar[bool] = False
    """Whether it takes places."""

    kind: str
    channels: Channels | None = None
    """Only steps on these channels."""
    before: Names | None = None
    """Only the tasks of these names."""
    when: Annotated[str, StringConstraints(min_length=1, max_length=8192)] | None = None
    """An expression; the policy holds only where it is true."""
    mode: Literal["enforce", "advise", "shadow"] | None = None
    """With `shadow` it holds nothing; what it would have done is kept with each decision on an
    effect. With `advise` it holds nothing either, and the run and its answers tell."""
    overridable: bool | None = None
    """Whether the policy of the same name and kind in a more specific layer replaces this one."""

    def misfit(self, ref: Ref) -> str | None:
        """Why it cannot have this name in this layer; None if it can."""
        return None

    @abstractmethod
    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        """The Cedar forbids of this policy, without the conditions of `scope`."""

    @abstractmethod
    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        """What the forbid `part` means for `step`; asked only when Cedar found it satisfied."""

    def approved(self, ref: Ref, approval: Approval, step: Step) -> bool:
        """Whether `approval` is one that counts for `step`."""
        return False

    def found(self, ref: Ref, step: Step, facts: Facts) -> Iterator[Fact]:
        """What it makes of the facts about `step`; asked only where it `finds`."""
        return iter(())

    def amount(self, arguments: Json, cost: str | None) -> int | None:
        """What a step with these arguments costs, in millionths, where it `counts` that; None if
        nobody can tell. `cost` is what its capability or experience declares."""
        return 1

    def unkept(self) -> str | None:
        """The field by which it looks at what a step is called with, of which nothing is kept;
        None where it does not."""
        return None

    def finds_like(self, other: "Restriction") -> bool:
        """Whether what `other` found in what a step is called with is what it finds there."""
        return False

    def classed(self, carries: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """What of the arguments it wants masked for the classes of data there."""
        return ()

    def bare(self, arguments: Json, carries: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """What of the arguments it wants masked, and is not."""
        return ()

    def clocks(self) -> tuple[str, ...]:
        """The clocks it looks at: `customer`, a zone, or `customer or <zone>`."""
        return ()

    def scope(self) -> tuple[str, ...]:
        """The Cedar conditions that say which steps it is about; `about` says the same."""
        said: list[str] = []
        if self.channels:
            said.append(f"{names((*self.channels, UNKNOWN))}.contains(resource.channel)")
        if self.before:
            said.append(f"{names(self.before)}.contains(resource.task)")
        return tuple(said or self.default_scope())

    def default_scope(self) -> tuple[str, ...]:
        return ('action == Symphainy::Action::"deliver"',)

    def about(self, subject: Subject) -> bool:
        """Whether `subject` is one it speaks about."""
        if self.channels and subject.heard_on not in (*self.channels, UNKNOWN):
            return False
        if self.before and subject.task not in self.before:
            return False
        return bool(self.channels or self.before) or self.default_about(subject)

    def default_about(self, subject: Subject) -> bool:
        return subject.effect == "message"

    def excuse(self, ref: Ref) -> tuple[str, ...]:
        """The Cedar condition that lets a step go when `when` is false."""
        return (says(ref, "excused"),) if self.when else ()
