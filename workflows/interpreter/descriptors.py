"""What `$task`, `$workflow` and `$runtime` say."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from symphainy.json import Json
from symphainy.plan import Plan, Task

__all__ = ["About", "moment", "of_run", "of_runtime"]


@dataclass(frozen=True, slots=True)
class About:
    """`$task`, put together only where an expression reads it."""

    plan: Plan
    task: Task
    input: Json
    """Before `input.from`."""
    started: float
    output: Json = None
    """Before `output.as`; null while it is not there."""
    extending: bool = False

    def done(self, output: Json) -> "About":
        """The same task with its output."""
        return replace(self, output=output)

    def extended(self) -> "About":
        """The same as an extension sees it.

        There the specification's own examples read the keywords of the task itself too, such as
        `$task.call`.
        """
        return replace(self, extending=True)

    def json(self) -> dict[str, Json]:
        """The descriptor."""
        definition = _at(self.plan.document, self.task.defined or self.task.ref)
        beside = definition if self.extending and isinstance(definition, dict) else {}
        return {
            **beside,
            "name": self.task.name,
            "reference": self.task.ref,
            "definition": definition,
            "input": self.input,
            "output": self.output,
            "startedAt": moment(self.started),
        }


def of_run(plan: Plan, id: str, input: Json, started: float) -> dict[str, Json]:
    """`$workflow`; `input` is what the run was started with, before `input.from`."""
    return {
        "id": id,
        "definition": plan.document or {},
        "input": input,
        "startedAt": moment(started),
    }


def of_runtime(plan: Plan, tenant: str, environment: str) -> dict[str, Json]:
    """`$runtime`; its version is that of the plan's language, the same for a run's whole life."""
    metadata: dict[str, Json] = {"tenant": tenant, "environment": environment}
    return {"name": "symphainy", "version": plan.engine, "metadata": metadata}


def moment(seconds: float) -> dict[str, Json]:
    """A time in seconds since 1970 as the specification describes times."""
    milliseconds = round(seconds * 1_000)
    at = datetime.fromtimestamp(milliseconds // 1_000, UTC)
    return {
        "iso8601": f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1_000:03d}Z",
        "epoch": {"seconds": milliseconds // 1_000, "milliseconds": milliseconds},
    }


def _at(document: Any, pointer: str) -> Json:
    """The part of `document` at `pointer`; an empty object where there is none."""
    found = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return {}
    given: Json = found
    return given
