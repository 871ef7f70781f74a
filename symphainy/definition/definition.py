"""The whole document."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from symphainy.definition.authentication import AuthenticationRule
from symphainy.definition.data import Endpoint, Input, Output
from symphainy.definition.duration import Duration
from symphainy.definition.events import Strategy
from symphainy.definition.faults import Error, RetryPolicy, Timeout
from symphainy.definition.item import TaskList, TaskTable
from symphainy.definition.model import Items, Maybe, Model, Names, Object, OrText, Values
from symphainy.definition.names import Dsl, Label, Version
from symphainy.definition.sections import Experiences, Intent, Policies

__all__ = ["Catalog", "Definition", "Document", "Evaluate", "Extension", "Schedule", "Use"]


class Document(Model):
    """What the definition is, and which version of it."""

    dsl: Dsl
    namespace: Label
    name: Label
    version: Version
    title: Maybe[str] = None
    summary: Maybe[str] = None
    tags: Object = Field(default_factory=dict)
    metadata: Object = Field(default_factory=dict)


class Catalog(Model):
    """Where more functions are to be found."""

    endpoint: Endpoint


class Extension(Model):
    """Tasks woven around all tasks of a kind."""

    extend: Literal[
        "call", "composite", "emit", "for", "listen", "raise", "run", "set", "switch", "try",
        "wait", "all",
    ]  # fmt: skip
    when: Maybe[str] = None
    before: Maybe[TaskList] = None
    after: Maybe[TaskList] = None


class Use(Model):
    """What tasks refer to by name."""

    authentications: Values[AuthenticationRule] = Field(default_factory=dict)
    catalogs: Values[Catalog] = Field(default_factory=dict)
    errors: Values[Error] = Field(default_factory=dict)
    extensions: Items[Annotated[Values[Extension], Field(min_length=1, max_length=1)]] = ()
    functions: TaskTable = Field(default_factory=dict)
    retries: Values[RetryPolicy] = Field(default_factory=dict)
    secrets: Names = ()
    timeouts: Values[Timeout] = Field(default_factory=dict)


class ScheduleKinds(Model):
    """When runs start by themselves."""

    every: Maybe[Duration] = None
    cron: Maybe[str] = None
    after: Maybe[Duration] = None
    on: Maybe[Strategy] = None
    read: Maybe[Literal["data", "envelope", "raw"]] = None


def _schedule(schedule: ScheduleKinds) -> ScheduleKinds:
    if not schedule.model_fields_set & {"every", "cron", "after", "on"}:
        raise PydanticCustomError("schema.required", "needs `every`, `cron`, `after` or `on`")
    if schedule.read is not None and schedule.on is None:
        raise PydanticCustomError("schema.exclusive", "takes `read` only beside `on`")
    return schedule


Schedule = Annotated[ScheduleKinds, AfterValidator(_schedule)]


class Evaluate(Model):
    """How expressions are recognised and in which language they are."""

    language: str = "jq"
    mode: Literal["strict", "loose"] = "strict"


class Definition(Model):
    """A solution: one document of the specification, with three sections more."""

    document: Document
    input: Maybe[Input] = None
    use: Use = Use()
    do: TaskList
    timeout: Maybe[OrText[Timeout]] = None
    output: Maybe[Output] = None
    schedule: Maybe[Schedule] = None
    evaluate: Evaluate = Evaluate()
    experiences: Experiences = Field(default_factory=dict)
    policies: Policies = Field(default_factory=dict)
    intents: dict[Label, Intent] = Field(default_factory=dict)

    @property
    def address(self) -> str:
        """`namespace.name`, unambiguous because neither holds a dot."""
        return f"{self.document.namespace}.{self.document.name}"
