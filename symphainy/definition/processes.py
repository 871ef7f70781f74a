"""What a `run` task can run."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from symphainy.definition.checks import exactly_one
from symphainy.definition.data import ExternalResource
from symphainy.definition.duration import Duration
from symphainy.definition.model import Maybe, Model, Names, Object, OrText

__all__ = ["Container", "ContainerLifetime", "Process", "Script", "Shell", "Subflow"]


class ContainerLifetime(Model):
    """What becomes of a container when it has run."""

    cleanup: Literal["always", "never", "eventually"]
    after: Maybe[Duration] = None


def _lifetime(lifetime: ContainerLifetime) -> ContainerLifetime:
    if (lifetime.cleanup == "eventually") is not (lifetime.after is not None):
        raise PydanticCustomError(
            "schema.exclusive", "takes `after` with `cleanup: eventually`, and only then"
        )
    return lifetime


class Container(Model):
    """A container image."""

    image: str
    name: Maybe[str] = None
    command: Maybe[str] = None
    ports: Object = Field(default_factory=dict)
    volumes: Object = Field(default_factory=dict)
    environment: Object = Field(default_factory=dict)
    stdin: Maybe[str] = None
    arguments: Names = ()
    lifetime: Maybe[Annotated[ContainerLifetime, AfterValidator(_lifetime)]] = None
    pull_policy: Literal["ifNotPresent", "always", "never"] = "ifNotPresent"


class ScriptSource(Model):
    """Source code, written here or fetched."""

    language: str
    code: Maybe[str] = None
    source: Maybe[ExternalResource] = None
    stdin: Maybe[str] = None
    arguments: Names = ()
    environment: Object = Field(default_factory=dict)


Script = Annotated[ScriptSource, AfterValidator(exactly_one("code", "source"))]


class Shell(Model):
    """A shell command."""

    command: str
    stdin: Maybe[str] = None
    arguments: Names = ()
    environment: Object = Field(default_factory=dict)


class Subflow(Model):
    """Another workflow, by its address."""

    namespace: str
    name: str
    version: str
    input: Maybe[OrText[Object]] = None


class ProcessKinds(Model):
    """Exactly one kind of process, and what of it becomes the output."""

    container: Maybe[Container] = None
    script: Maybe[Script] = None
    shell: Maybe[Shell] = None
    workflow: Maybe[Subflow] = None
    await_: bool = True
    return_: Literal["stdout", "stderr", "code", "all", "none"] = "stdout"


Process = Annotated[
    ProcessKinds, AfterValidator(exactly_one("container", "script", "shell", "workflow"))
]
