"""The task run: another solution, or a process that a pool of the client's own offers."""

from collections.abc import Mapping
from typing import Any

from symphainy.catalog import CapabilitySpec
from symphainy.definition import RunTask, TaskItem
from symphainy.definition.processes import Subflow
from symphainy.plan import Call, Do, Run, Shape, Task
from workflows.compiler.arguments import check_arguments
from workflows.compiler.context import Compilation, plain
from workflows.compiler.secrets import Secured, secured

__all__ = ["run"]

KINDS = ("container", "script", "shell")
LATEST = "latest"
GIVES: Mapping[str, str] = {
    "stdout": "${ .stdout }",
    "stderr": "${ .stderr }",
    "code": "${ .code }",
    "all": "${ {code, stdout, stderr} }",
    "none": "${ null }",
}
"""What `return` makes of a process result."""


def run(
    at: Compilation, item: TaskItem, given: dict[str, Any], variables: frozenset[str]
) -> Task | None:
    """The run task, or None with findings that say why not."""
    assert isinstance(item.task, RunTask)  # noqa: S101 - dispatched by type
    wanted, pointer = item.task.run, f"{item.pointer}/run"
    if wanted.workflow is not None:
        more: dict[str, Any] = {} if wanted.await_ else {"await_": False}
        if wanted.return_ == "none":
            more["silent"] = True
        return _solution(at, wanted.workflow, f"{pointer}/workflow", {**given, **more}, variables)
    kind = next(one for one in KINDS if getattr(wanted, one) is not None)
    spec = _offered(at, kind, f"{pointer}/{kind}")
    if spec is None:
        return None
    gives = GIVES[wanted.return_] if wanted.await_ else "${ $input }"
    taken = _arguments(at, kind, getattr(wanted, kind), f"{pointer}/{kind}", variables)
    if taken is None:
        return None
    arguments = taken.value if isinstance(taken.value, dict) else {}
    if not wanted.await_:
        arguments = {**arguments, "await": False}
    check_arguments(at, spec, arguments, f"{pointer}/{kind}")
    at.capabilities[spec.address] = spec.version
    process = Call(
        name=item.name,
        ref=f"{pointer}/{kind}",
        activity=spec.address,
        queue=spec.queue,
        effect=spec.effect,
        timeout_seconds=spec.timeout_seconds,
        arguments=arguments,
        output=Shape(value=gives),
        **({"secrets": taken.secrets} if taken.secrets else {}),
    )
    # Policy asks at the call itself.
    return Do(**{**given, "gated": False}, tasks=(process,))


def _solution(
    at: Compilation,
    wanted: Subflow,
    pointer: str,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task:
    if wanted.input is not None:
        given["given"] = at.value(plain(wanted.input), f"{pointer}/input", variables)
    if wanted.version != LATEST:
        given["version"] = wanted.version
    # Policy is asked when the child is about to be started.
    return Run(**{**given, "gated": False}, solution=f"{wanted.namespace}.{wanted.name}")


def _offered(at: Compilation, kind: str, pointer: str) -> CapabilitySpec | None:
    """The capability of a client's own pool that does it."""
    spec = at.catalog.capability(f"run.{kind}")
    if spec is not None and spec.queue != "platform":
        return spec
    message = f"`run.{kind}` would run code of yours on the platform's workers"
    at.find("compile.process-forbidden", pointer, message)
    return None


def _arguments(
    at: Compilation, kind: str, wanted: Any, pointer: str, variables: frozenset[str]
) -> Secured | None:
    written = wanted.model_dump(by_alias=True, exclude_unset=True, exclude={"source"})
    source = getattr(wanted, "source", None)
    if source is not None:
        content = at.resource(source.endpoint, f"{pointer}/source/endpoint")
        if content is None or not at.carry(content, f"{pointer}/source/endpoint"):
            return None
        written["code"] = content.decode("utf-8", "replace")
    return secured(at, plain(written), pointer, variables, "/with")
