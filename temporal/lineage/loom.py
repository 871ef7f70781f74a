"""What all parts of a run's lineage are woven on: what is known, and the nodes they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from public_works.decisions import DecisionRecord
from public_works.definitions import VersionRecord
from public_works.policies import PolicySet
from public_works.traces import EventTrace, Kept
from smart_city.context import ExecutionContext
from symphainy.identity import Principal
from symphainy.json import Json
from symphainy.lineage import Weaver
from symphainy.plan import Plan, Task
from temporal.lineage.account import Account

__all__ = ["Followed", "Loom", "Sources", "details"]


@dataclass(frozen=True)
class Followed:
    """A version that the run went by."""

    since: datetime
    context: ExecutionContext
    plan: Plan | None = None
    version: VersionRecord | None = None


@dataclass(frozen=True)
class Sources:
    """All that is known of one run."""

    tenant: str
    run: str
    solution: str
    account: Account
    kept: Kept
    status: str | None = None
    """None where Temporal has let go of the run."""
    execution: Sequence[str] = ()
    followed: Sequence[Followed] = ()
    """In order."""
    events: Mapping[str, EventTrace] = field(default_factory=dict)
    """By identity."""
    policies: Mapping[str, Sequence[PolicySet]] = field(default_factory=dict)
    """What the layers `platform` and `tenant` said, newest first."""
    next: str | None = None
    """The run that the schedule had started after this one."""
    missing: tuple[str, ...] = ()

    @property
    def context(self) -> ExecutionContext | None:
        """What intake signed."""
        return self.account.began.context if self.account.began else None

    def then(self, at: datetime | None) -> Followed | None:
        """What the run went by at that moment."""
        known = [one for one in self.followed if at is None or one.since <= at]
        return next(iter(known[-1:] or self.followed[:1]), None)

    def task(self, ref: str, at: datetime | None) -> Task | None:
        """The task that the reference meant then."""
        # Clocks of stores and of the runtime may differ by a little around a move.
        order = [self.then(at), *reversed(self.followed)]
        found = (one.plan.task(ref) for one in order if one is not None and one.plan is not None)
        return next((task for task in found if task is not None), None)

    @property
    def gone(self) -> bool:
        """Whether the history is not there to be joined with."""
        return bool({"history", "cut"} & {*self.missing})

    @property
    def keys(self) -> list[str]:
        """Every step instance that is known."""
        told = [details(one).get("key") for one in self.kept.decisions]
        found = [one.key for one in self.account.attempts] + [str(one) for one in told if one]
        return [*dict.fromkeys(found)]


class Loom:
    """The sources with the weaver, and the nodes that several parts name."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.context = sources.context
        self.weaver = Weaver()
        self.run = self.weaver.node("run", sources.run)

    def step(self, key: str, at: datetime | None) -> str:
        """A step instance, or a task where the instance is not known."""
        ref = key.rpartition("#")[0] or key
        task = self.sources.task(ref, at)
        node = self.weaver.node(
            "step",
            f"{self.sources.run}{key}",
            at,
            task=ref,
            name=task.name if task else None,
            kind=task.kind if task else None,
        )
        self.weaver.edge(self.run, "did", node)
        return node

    def principal(self, one: Principal) -> str:
        """Who it was."""
        return self.weaver.node("principal", one.id, kind=one.kind)

    def event(self, name: str, said: Mapping[str, Json] | None, seq: int | None = None) -> str:
        """The event of that identity."""
        trace = self.sources.events.get(name)
        about = {key: (said or {}).get(key) for key in ("type", "source", "id")}
        place = trace.seq if trace else seq
        if trace is not None:
            about = {key: trace.envelope.get(key) for key in ("type", "source", "id")}
        at = trace.accepted if trace else None
        return self.weaver.node("event", str(place or name), at, **about, seq=place)

    def gave(self, node: str, output: str | None, at: datetime | None) -> None:
        """What came of it, by digest."""
        if output is not None:
            self.weaver.edge(node, "gave", self.weaver.node("output", output, at))


def details(record: DecisionRecord) -> dict[str, Json]:
    """What the register has of a decision besides."""
    return record.details if isinstance(record.details, dict) else {}
