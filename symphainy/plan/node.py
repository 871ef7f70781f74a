"""What every part of a plan is: frozen, complete, and what is woven around each task."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from symphainy.json import Json

__all__ = ["Case", "Deadline", "Node", "Retry", "SecretPart", "Secrets", "Shape", "TaskNode"]


class Node(BaseModel):
    """A part of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Deadline = int | str
"""Milliseconds, or an expression giving an ISO 8601 duration."""


class Shape(Node):
    """How data passes a border: what it must look like, and what it becomes."""

    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    value: Json = None
    """What it becomes, a value with expressions; None leaves it as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class TaskNode(Node):
    """What every task has."""

    name: str
    ref: str
    """JSON pointer of the task, the name under which Temporal's UI, graph and audit show it."""
    if_: str | None = None
    input: Shape | None = None
    output: Shape | None = None
    export: Shape | None = None
    timeout: Deadline | None = None
    then: str = "continue"
    gated: bool = False
    """Whether a policy names this task although it calls nothing."""
    extended: tuple[str, ...] = ()
    """The extensions of the plan that are woven around this task, outermost first."""
    defined: str | None = None
    """JSON pointer of its definition, where that is not `ref`: it is part of a function."""

    def model_post_init(self, context: Any) -> None:
        """Count `kind` as set: a dump without unset fields must still say it."""
        self.__pydantic_fields_set__.add("kind")


class Case(Node):
    """One way out of a switch; without `when` it is the default."""

    name: str
    when: str | None = None
    then: str = "continue"


class Retry(Node):
    """When and how often a block is tried again."""

    when: str | None = None
    except_when: str | None = None
    delay: Deadline = 0
    backoff: Literal["constant", "linear", "exponential"] = "constant"
    jitter: tuple[Deadline, Deadline] | None = None
    attempts: int | None = None
    attempt_duration: Deadline | None = None
    """How long one attempt may take."""
    duration: Deadline | None = None


class SecretPart(Node):
    """A secret, or a member of one, put in where the step is done and nowhere else."""

    secret: str
    path: tuple[str, ...] = ()


Secrets = dict[str, tuple[str | SecretPart, ...]]
"""By JSON pointer into what the activity is sent (`/with/…`, `/authentication/…`): the text there,
of literals, expressions and secrets; one secret alone may be any JSON."""
