"""Tasks that leave the run."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from symphainy.catalog import Effect
from symphainy.json import Json
from symphainy.plan.node import Secrets, TaskNode

if TYPE_CHECKING:
    from symphainy.plan.tasks import Each

__all__ = ["Call", "Emit", "Http", "Remote", "Run"]


class Call(TaskNode):
    """A realm capability or an experience, called by name."""

    kind: Literal["call"] = "call"
    activity: str
    """Activity type: `realm.capability:major` or `experience.<channel>`."""
    queue: str
    effect: Effect
    timeout_seconds: float = 30.0
    experience: str | None = None
    arguments: Json = None
    secrets: Secrets = Field(default_factory=dict)
    region: str | None = None
    """Where it is done, if the capability says."""
    cost: str | None = None
    """What it costs, if the capability says."""
    classes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The classes of data that the capability says it takes, by pointer with `*` for items."""
    gives: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The classes of data that the capability says it gives, likewise."""
    local: bool = False
    """Whether it is short and without effect, and so done within the workflow's own worker."""


class Http(TaskNode):
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
    authentication: Json = None
    """The scheme and its properties, or the name of the secret that holds them."""
    secrets: Secrets = Field(default_factory=dict)
    effect: Effect = "read"


class Remote(TaskNode):
    """A call over a protocol of the specification that is not plain HTTP."""

    kind: Literal["remote"] = "remote"
    activity: str
    """Activity type: `call.grpc`, `call.asyncapi`, `call.a2a` or `call.mcp`."""
    arguments: Json = None
    """What the activity takes, a value with expressions."""
    resource: str | None = None
    """The document that the call was checked against, read by the activity from the plan."""
    authentication: Json = None
    secrets: Secrets = Field(default_factory=dict)
    effect: Effect = "write"
    timeout_seconds: float = 60.0
    limit: str | None = None
    """Expression that gives how long it may take, within `timeout_seconds`."""
    each: "Each | None" = None
    """What is done for each message of a subscription."""
    while_: str | None = None
    until: str | None = None
    """With `each`: asked after each message, about all that came of them so far."""


class Emit(TaskNode):
    """An event for whoever listens."""

    kind: Literal["emit"] = "emit"
    event: dict[str, Json]
    """CloudEvents attributes, with expressions; what is missing is filled in."""

    @property
    def effect(self) -> Effect:
        return "write"


class Run(TaskNode):
    """Another solution of the tenant as a child of this run."""

    kind: Literal["run"] = "run"
    solution: str
    """`namespace.name`."""
    version: str | None = None
    """None is the version that is deployed when the task runs."""
    given: Json = None
    """Its input, with expressions."""
    await_: bool = True
    """Whether the run waits for it, and takes it down when it is cancelled itself."""
    silent: bool = False
    """Whether what it gives is dropped."""
