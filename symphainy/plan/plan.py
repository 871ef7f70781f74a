"""A definition compiled, frozen and addressed by digest; all a run needs to know."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from symphainy.catalog import Channel, Promise
from symphainy.delivery import Purpose
from symphainy.json import Json, digest
from symphainy.plan.node import Deadline, Node, Shape
from symphainy.plan.tasks import Extension, Filter, Task, walk

__all__ = ["Experience", "Intent", "Parts", "Plan", "Schedule", "Template"]


class Parts(Node):
    """What a message says; Liquid."""

    subject: str | None = None
    text: str | None = None
    html: str | None = None
    """With styles in its elements; MJML has become HTML."""
    words: dict[str, str] = Field(default_factory=dict)
    """What the parts write as `words.<name>`."""

    @property
    def sources(self) -> dict[str, str]:
        """By part: the source, of those that there are."""
        parts = {"subject": self.subject, "text": self.text, "html": self.html}
        return {name: one for name, one in parts.items() if one is not None}


class Template(Parts):
    """What a message says, in each language it is written in."""

    locale: str | None = None
    """The language of the parts right here."""
    locales: dict[str, Parts] = Field(default_factory=dict)
    data: dict[str, Any] | None = None
    """The JSON Schema of what it reads."""
    sample: dict[str, Json] | None = None


class Digest(Node):
    """Messages to one customer within a while, or until a time of day, become one."""

    seconds: float = 0.0
    at: int | None = None
    """In minutes after midnight, by the customer's clock; instead of `seconds`."""
    days: tuple[str, ...] = ()
    """Those that `at` is meant on; all where there are none."""
    template: str


class Experience(Node):
    """A way to reach people, bound to its adapter."""

    channel: Channel
    adapter: str
    queue: str
    sender: str | None = None
    purpose: Purpose = "transactional"
    topic: str | None = None
    on_unknown: Literal["hold", "resend", "human"] = "hold"
    promise: Promise
    finds: bool = False
    reconcile_seconds: float = 120.0
    fallback: tuple[str, ...] = ()
    """The experiences that are tried, in this order, when this one certainly sent nothing."""
    expires: float | None = None
    """Seconds from when a step began after which its message is not worth sending."""
    every: float | None = None
    """Seconds from one message to the next, at least."""
    digest: Digest | None = None
    region: str | None = None
    """Where what is sent goes, if the binding or its adapter says."""
    cost: str | None = None
    """What a message costs, if one of them says."""
    settings: dict[str, Json] = Field(default_factory=dict)
    locale: str | None = None
    zone: str | None = None
    """Of receivers nobody knows it of."""
    templates: dict[str, Template] = Field(default_factory=dict)


class Intent(Node):
    """A wish this solution understands."""

    starts: bool = True
    key: str | None = None
    customer: str | None = None
    input: dict[str, Any] | None = None
    event: str | None = None
    """The type of the CloudEvent that means this intent."""
    correlate: str | None = None
    """Expression on the event, giving the business key of the run it is for."""
    zone: str | None = None
    """Time zone of the schedule that this intent is started by."""


class Schedule(Node):
    """When runs start by themselves."""

    every: int | None = None
    """Milliseconds between starts."""
    cron: str | None = None
    after: int | None = None
    """Milliseconds from the end of a run to the start of the next."""
    mode: Literal["one", "any", "all"] | None = None
    """How events start runs; None if they do not."""
    filters: tuple[Filter, ...] = ()
    read: Literal["data", "envelope", "raw"] = "data"


class Plan(Node):
    """A definition, compiled."""

    engine: Literal["plan/1"] = "plan/1"
    expressions: Literal["jq/1"] = "jq/1"
    solution: str
    """`namespace.name`."""
    version: str
    title: str | None = None
    definition: str
    """Digest of the definition's text."""
    input: Shape | None = None
    output: Shape | None = None
    tasks: tuple[Task, ...]
    experiences: dict[str, Experience] = Field(default_factory=dict)
    policies: dict[str, dict[str, Json]] = Field(default_factory=dict)
    intents: dict[str, Intent] = Field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The classes of data that its input has, by pointer with `*` for items."""
    extensions: dict[str, Extension] = Field(default_factory=dict)
    timeout: Deadline | None = None
    schedule: Schedule | None = None
    lifecycle: tuple[Literal["workflow", "task"], ...] = ()
    """Of what the run tells the world by lifecycle events."""
    migrates: tuple[str, ...] = ()
    """The versions whose runs may go on by this one: `1.0.0`, `1.0.*`, `1.*` or `*`."""
    capabilities: dict[str, str] = Field(default_factory=dict)
    """Each capability address with the full version it was checked against."""
    document: dict[str, Json] | None = None
    """The definition as it was written; kept only if an expression reads a definition."""

    def dump(self) -> dict[str, Json]:
        """The JSON that is stored and that the digest is taken of."""
        dumped: dict[str, Json] = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return {"engine": self.engine, "expressions": self.expressions, **dumped}

    @cached_property
    def digest(self) -> str:
        """What approvals bind to and runs name."""
        return digest(self.dump())

    def task(self, ref: str) -> Task | None:
        """The task of that reference, or None."""
        return self._by_ref.get(ref)

    @cached_property
    def _by_ref(self) -> dict[str, Task]:
        return {task.ref: task for task in self.walk()}

    def walk(self) -> Iterator[Task]:
        """Every task, parents before children, those of extensions last."""
        yield from walk(self.tasks)
        for extension in self.extensions.values():
            yield from walk(extension.before)
            yield from walk(extension.after)

    @property
    def start_intent(self) -> str | None:
        """The name of the only intent that starts a run, if there is exactly one."""
        starts = [name for name, intent in self.intents.items() if intent.starts]
        return starts[0] if len(starts) == 1 else None
