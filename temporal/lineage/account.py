"""What a run's histories tell, as far as lineage wants to know it: no content, only its digests."""

from dataclasses import dataclass, field
from datetime import datetime

from smart_city.context import ExecutionContext
from symphainy.identity import Principal
from symphainy.json import Json

__all__ = [
    "Account",
    "Attempted",
    "Began",
    "Child",
    "Commanded",
    "Decided",
    "Given",
    "Heard",
]


@dataclass(frozen=True, slots=True)
class Given:
    """A grant, as the header of an activity shows it."""

    at: datetime
    form: str
    """`signed` for another pool, `proof` for the platform's own."""
    verified: bool
    """Whether it was verified here: a proof only says so to whoever has the gate's key."""
    bundle: str | None = None
    kid: str | None = None
    approved: tuple[str, ...] = ()
    """The policies of which it says that a person approved."""


@dataclass(slots=True)
class Attempted:
    """An activity that a step instance was handed to."""

    id: str
    key: str
    step: str
    activity: str
    at: datetime
    local: bool = False
    counted: bool = False
    """Whether which instance it was is counted, not written."""
    started: datetime | None = None
    ended: datetime | None = None
    tries: int = 1
    status: str = "running"
    code: str | None = None
    arguments: str | None = None
    output: str | None = None
    build: str | None = None
    grant: Given | None = None
    event: dict[str, Json] | None = None
    """The CloudEvents attributes of what it emits."""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on fresh facts, as the run was told of it."""

    id: str
    at: datetime
    step: str
    outcome: str
    policy: str | None
    layer: str | None
    reason: str | None
    code: str | None
    until: str | None
    aside: bool = False


@dataclass(slots=True)
class Child:
    """A run that a step started."""

    id: str
    at: datetime
    workflow: str
    step: str | None
    intent: str | None = None
    run_id: str | None = None
    ended: datetime | None = None
    status: str = "running"
    output: str | None = None
    code: str | None = None
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """An event that the run was handed."""

    at: datetime
    seq: int
    event: dict[str, Json]
    step: str | None
    """The task that found it when it began to listen; None for one that came later."""
    by: Principal | None = None


@dataclass(frozen=True, slots=True)
class Commanded:
    """What somebody told the run to do."""

    id: str
    at: datetime
    what: str
    by: Principal | None
    approval: str | None = None


@dataclass(slots=True)
class Began:
    """How the run came to be."""

    at: datetime
    context: ExecutionContext | None
    """None where nobody can be shown to have signed it."""
    parent: str | None = None
    """The workflow id of the run that started it."""
    chain: str | None = None
    schedule: str | None = None
    input: str | None = None


@dataclass
class Account:
    """All of it, in order."""

    began: Began | None = None
    contexts: list[tuple[datetime, ExecutionContext]] = field(default_factory=list)
    """What each version that the run went by was signed with, and since when it did."""
    ended: datetime | None = None
    output: str | None = None
    code: str | None = None
    attempts: list[Attempted] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    listening: list[tuple[datetime, str]] = field(default_factory=list)
    commands: list[Commanded] = field(default_factory=list)
    resets: list[datetime] = field(default_factory=list)
    continued: int = 0
    next: str | None = None
    """The history after which its schedule had the next run started."""
