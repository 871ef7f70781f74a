"""An intent: what somebody wants of a solution, whichever way it came in."""

from pydantic import BaseModel, ConfigDict

from symphainy.identity import Principal
from symphainy.json import Json

__all__ = ["Intent", "Submission"]


class Intent(BaseModel):
    """One wish, with who has it; the same `idempotency_key` is the same wish."""

    model_config = ConfigDict(frozen=True)

    principal: Principal
    solution: str
    """`namespace.name`."""
    name: str
    payload: Json = None
    idempotency_key: str | None = None
    version: str | None = None
    """A deployed version other than the current one, e.g. of the environment sandbox."""
    environment: str = "production"
    trace: str | None = None
    depth: int = 0
    """How many runs led to it, each started by what the one before told."""


class Submission(BaseModel):
    """What became of an intent."""

    model_config = ConfigDict(frozen=True)

    run: str
    """`namespace.name:key`, the run's id within its tenant."""
    solution: str
    version: str
    existing: bool = False
    """The run was there before, begun by another intent of the same business key. The same
    intent again (same idempotency key) is told what it was told the first time."""
