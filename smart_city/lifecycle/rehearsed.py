"""What a run in an environment that asks for no approval shows of a version."""

from collections.abc import Collection

from pydantic import BaseModel, ConfigDict, Field

from symphainy.errors import Refused
from symphainy.json import Json, digest
from symphainy.lineage import Lineage, Node

__all__ = ["Rehearsed", "rehearsed"]

TOLD = frozenset({"run", "decision", "approval", "attempt"})
"""What is over when the run is; of what was sent, providers may tell later."""


class Rehearsed(BaseModel):
    """A run that the platform itself has looked at."""

    model_config = ConfigDict(frozen=True)

    run: str
    environment: str
    status: str
    input: str | None = Field(None, description="Digest of what it was started with.")
    output: str | None = Field(None, description="Digest of what came of it.")
    timeline: str = Field(
        description="Digest over its decisions, approvals and attempts, in order."
    )


def rehearsed(found: Lineage, plan: str, environments: Collection[str]) -> Rehearsed:
    """What the run of `found` shows of `plan`, if it went by exactly that, there, and ended.

    Refused lifecycle.no-evidence.
    """
    run = next((one for one in found.of("run") if one.id == f"run:{found.run}"), None)
    status = run.about.get("status") if run is not None else None
    reason = _reason(found, status, plan, environments)
    if reason is not None or not isinstance(status, str) or run is None:
        message = f"{found.run} shows nothing of this version: {reason or 'it is not known'}."
        raise Refused("lifecycle.no-evidence", message)
    intents = [one.about.get("input") for one in found.of("intent")]
    gave = [one.target for one in found.edges if (one.source, one.type) == (run.id, "gave")]
    return Rehearsed(
        run=found.run or "",
        environment=found.environment or "",
        status=status,
        input=next((one for one in intents if isinstance(one, str)), None),
        output=gave[0].partition(":")[2] if gave else None,
        timeline=digest(_timeline(found)),
    )


def _reason(found: Lineage, status: Json, plan: str, environments: Collection[str]) -> str | None:
    """Why it shows nothing, if it does not."""
    if found.environment not in environments:
        return f"it is of {found.environment}, not of {', '.join(sorted(environments))}"
    if not found.complete:
        return f"not all of it is known ({', '.join(found.missing)})"
    if [one.id for one in found.of("plan")] != [f"plan:{plan}"]:
        return "it went by another plan"
    if status != "completed":
        return f"it is {status}, not completed"
    return None


def _timeline(found: Lineage) -> list[Json]:
    nodes: dict[str, Node] = {one.id: one for one in found.nodes if one.type in TOLD}
    return [[one.at.isoformat(), one.what, one.node] for one in found.happened if one.node in nodes]
