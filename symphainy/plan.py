"""The plan: a definition compiled, frozen and addressed by digest; all a run needs to know.

Values that hold runtime expressions are kept as written: a string of the form `${ … }` inside
them is evaluated, everything else is literal. Where the specification takes a bare expression
(`if`, `when`, `from`, `as`, `in`, `while`), the compiler has put it into that form.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from symphainy.catalog import Channel, Effect, Promise
from symphainy.delivery import Purpose
from symphainy.json import Json, digest

__all__ = [
    "Call",
    "Case",
    "Catch",
    "Do",
    "Experience",
    "For",
    "Fork",
    "Http",
    "Intent",
    "Plan",
    "Raise",
    "Retry",
    "Set",
    "Shape",
    "Switch",
    "Task",
    "Try",
    "Wait",
]


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shape(_Node):
    """How data passes a border: what it must look like, and what it becomes."""

    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    value: Json = None
    """What it becomes, a value with expressions; None leaves it as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class _Task(_Node):
    name: str
    ref: str
    """JSON pointer of the task, the name under which Temporal's UI, graph and audit show it."""
    if_: str | None = None
    input: Shape | None = None
    output: Shape | None = None
    export: Shape | None = None
    then: str = "continue"
    gated: bool = False
    """Whether a policy names this task although it calls nothing."""

    def model_post_init(self, context: Any) -> None:
        """Count `kind` as set: a dump without unset fields must still say it."""
        self.__pydantic_fields_set__.add("kind")


class Set(_Task):
    """Replaces the data."""

    kind: Literal["set"] = "set"
    value: Json


class Do(_Task):
    """Tasks in order."""

    kind: Literal["do"] = "do"
    tasks: tuple["Task", ...]


class Case(_Node):
    """One way out of a switch; without `when` it is the default."""

    name: str
    when: str | None = None
    then: str = "continue"


class Switch(_Task):
    """Chooses where to go on."""

    kind: Literal["switch"] = "switch"
    cases: tuple[Case, ...]


class For(_Task):
    """Tasks for each item; what one iteration gives, the next one takes."""

    kind: Literal["for"] = "for"
    each: str = "item"
    at: str = "index"
    in_: Json
    while_: str | None = None
    tasks: tuple["Task", ...]
    limit: int = 10_000


class Fork(_Task):
    """Tasks side by side: all of them in order, or only the one that is first."""

    kind: Literal["fork"] = "fork"
    branches: tuple["Task", ...]
    compete: bool = False


class Wait(_Task):
    """A durable pause; `value` is milliseconds or an expression giving an ISO 8601 duration."""

    kind: Literal["wait"] = "wait"
    value: int | str


class Raise(_Task):
    """An error of the author's own (RFC 9457 members, with expressions)."""

    kind: Literal["raise"] = "raise"
    error: dict[str, Json]


class Retry(_Node):
    """When and how often a block is tried again; times in milliseconds."""

    when: str | None = None
    except_when: str | None = None
    delay: int = 0
    backoff: Literal["constant", "linear", "exponential"] = "constant"
    jitter: tuple[int, int] | None = None
    attempts: int | None = None
    duration: int | None = None


class Catch(_Node):
    """Which errors are caught, and what is done then."""

    with_: dict[str, Json] = Field(default_factory=dict)
    as_: str = "error"
    when: str | None = None
    except_when: str | None = None
    retry: Retry | None = None
    tasks: tuple["Task", ...] = ()
    then: str = "continue"


class Try(_Task):
    """Tasks whose errors are caught."""

    kind: Literal["try"] = "try"
    tasks: tuple["Task", ...]
    catch: Catch


class Call(_Task):
    """A realm capability or an experience, called by name."""

    kind: Literal["call"] = "call"
    activity: str
    """Activity type: `realm.capability:major` or `experience.<channel>`."""
    queue: str
    effect: Effect
    timeout_seconds: float = 30.0
    experience: str | None = None
    arguments: Json = None


class Http(_Task):
    """An HTTP request through the guarded egress client."""

    kind: Literal["http"] = "http"
    method: str
    uri: str
    """A URI template, or an expression giving a URI."""
    headers: Json = None
    query: Json = None
    body: Json = None
    output_as: Literal["raw", "content", "response"] = "content"
    redirect: bool = False
    effect: Effect = "read"


Task = Annotated[
    Set | Do | Switch | For | Fork | Wait | Raise | Try | Call | Http, Field(discriminator="kind")
]


class Experience(_Node):
    """A way to reach people, bound to its adapter."""

    channel: Channel
    adapter: str
    queue: str
    sender: str | None = None
    purpose: Purpose = "transactional"
    topic: str | None = None
    on_unknown: Literal["hold", "resend"] = "hold"
    promise: Promise
    finds: bool = False
    reconcile_seconds: float = 120.0
    settings: dict[str, Json] = Field(default_factory=dict)
    templates: dict[str, dict[str, str]] = Field(default_factory=dict)


class Intent(_Node):
    """A wish this solution understands."""

    starts: bool = True
    key: str | None = None
    customer: str | None = None
    input: dict[str, Any] | None = None


class Plan(_Node):
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
    capabilities: dict[str, str] = Field(default_factory=dict)
    """Each capability address with the full version it was checked against."""

    def dump(self) -> dict[str, Json]:
        """The JSON that is stored and that the digest is taken of."""
        dumped: dict[str, Json] = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return {"engine": self.engine, "expressions": self.expressions, **dumped}

    @cached_property
    def digest(self) -> str:
        """What approvals bind to and runs name."""
        return digest(self.dump())

    def task(self, ref: str) -> "Task | None":
        """The task of that reference, or None."""
        return self._by_ref.get(ref)

    @cached_property
    def _by_ref(self) -> "dict[str, Task]":
        return {task.ref: task for task in self.walk()}

    def walk(self) -> Iterator[Task]:
        """Every task, parents before children."""
        yield from _walk(self.tasks)

    @property
    def start_intent(self) -> str | None:
        """The name of the only intent that starts a run, if there is exactly one."""
        starts = [name for name, intent in self.intents.items() if intent.starts]
        return starts[0] if len(starts) == 1 else None


def _walk(tasks: tuple[Task, ...]) -> Iterator[Task]:
    for task in tasks:
        yield task
        if isinstance(task, Do | For | Try):
            yield from _walk(task.tasks)
        if isinstance(task, Try):
            yield from _walk(task.catch.tasks)
        if isinstance(task, Fork):
            yield from _walk(task.branches)
