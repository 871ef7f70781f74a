"""What a decision is made on: the step that is about to happen, and what is known about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from smart_city.approval import Approval, Rejection
from symphainy.catalog import Effect
from symphainy.identity import Principal

__all__ = ["UNKNOWN", "Approval", "Facts", "Rejection", "Reserved", "Step", "Subject"]

UNKNOWN = "unknown"
"""A channel or purpose that is not said; every list of channels or purposes matches it."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _nothing() -> Mapping[_Key, _Value]:
    return MappingProxyType({})


class Subject(NamedTuple):
    """What of a step says which policies are about it; few values in the life of a definition."""

    task: str
    capability: str
    effect: Effect
    channel: str | None
    purpose: str | None
    adapter: str | None = None

    @property
    def heard_on(self) -> str:
        """The channel that policies see; empty where nothing is said to anybody."""
        return self.channel or (UNKNOWN if self.effect == "message" else "")

    @property
    def meant_for(self) -> str:
        """The purpose that policies see."""
        return self.purpose or UNKNOWN

    @property
    def consent(self) -> str:
        """The fact that says the customer agreed to it."""
        return f"consent to {self.meant_for} by {self.heard_on}"

    @property
    def called(self) -> tuple[str, ...]:
        """The names that policies may call the capability by: with and without its major."""
        name = self.capability.partition(":")[0]
        return tuple(sorted({name, self.capability})) if name else ()

    def called_any(self, names: Iterable[str]) -> bool:
        """Whether one of `names` is what policies may call the capability by."""
        return not {*names}.isdisjoint(self.called)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one run; every id in it is opaque, nothing in it is personal data."""

    tenant: str
    environment: str
    solution: str
    run: str
    step: str
    """The task's reference."""
    task: str
    """The task's name."""
    capability: str
    """`insights.score:1`, `experience.email`, or empty for the interpreter's own tasks."""
    effect: Effect
    principal: Principal
    channel: str | None = None
    purpose: str | None = None
    topic: str | None = None
    customer: str | None = None
    conditions: Mapping[str, bool] = field(default_factory=_nothing)
    """Value of the `when` of policies, by policy; one that is missing counts as true."""
    key: str = ""
    """The step instance's key."""
    adapter: str | None = None
    """What the message goes out through, where that is known."""
    carries: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    """The classes of data in its arguments, by where they are: see `symphainy.classified`."""

    @property
    def subject(self) -> Subject:
        return Subject(
            self.task, self.capability, self.effect, self.channel, self.purpose, self.adapter
        )


@dataclass(frozen=True, slots=True)
class Reserved:
    """Answer of the counter: a place was taken, or none is free before `free_at`."""

    granted: bool
    free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at `now`; moments are aware datetimes.

    Facts about one policy are keyed by its id, `layer/name`. Its bare name is understood as long
    as no other layer has a policy of that name.
    """

    now: datetime
    zone: str | None = None
    """The customer's IANA zone; None: unknown."""
    consents: Mapping[tuple[str, str], bool] | None = None
    """Given or withdrawn, by channel and purpose; None: the customer is unknown."""
    approvals: Mapping[str, Approval] = field(default_factory=_nothing)
    rejections: Mapping[str, Rejection] = field(default_factory=_nothing)
    reservations: Mapping[str, Reserved] = field(default_factory=_nothing)
    switches: frozenset[str] = frozenset()
    """Active kill switches: `tenant`, `solution:<name>`, `capability:<name>`, `channel:<name>`."""
    destination: str | None = None
    """The mail address, number, URL or host that the step goes to; None: nobody knows, or no
    policy asks."""
    region: str | None = None
    """Where the step is done or what it says is taken; None: nobody knows, or no policy asks."""
    amounts: Mapping[str, int] = field(default_factory=_nothing)
    """What the step costs by policy, in millionths; one that is missing is not known."""
    bare: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    """What of the arguments each policy wants masked, and is not."""
    fresh: bool = False
    """Whether these were read just now, outside the workflow."""

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("a moment without a zone is no fact")
