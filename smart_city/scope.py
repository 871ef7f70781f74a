"""What a key is limited to beyond the roles of its holder."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["EVERYWHERE", "Asked", "Scope", "outside"]

EVERYWHERE = "all"
"""The environment of keys that are good in each."""


class Scope(BaseModel):
    """Limits of a key; what is left out is not limited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    solutions: tuple[str, ...] | None = Field(
        None,
        max_length=100,
        description="Only operations whose address, or query `solution`, names one of these.",
    )
    endpoints: tuple[str, ...] | None = Field(
        None,
        max_length=100,
        description="Only the endpoints of these experiences, on the channel api.",
    )
    read_only: bool = Field(False, description="Nothing that changes anything.")


class Asked(BaseModel):
    """What a request is about, as far as a scope limits it."""

    model_config = ConfigDict(frozen=True)

    environment: str
    solution: str | None = None
    experience: str | None = None
    reads: bool = True


def outside(scope: Scope, asked: Asked) -> str | None:
    """Why a key of that scope is not for this; None if it is."""
    if scope.read_only and not asked.reads:
        return "it is for reading only"
    if scope.solutions is not None and asked.solution not in scope.solutions:
        return "it is for " + (", ".join(scope.solutions) or "no solution") + " only"
    if scope.endpoints is not None and asked.experience not in scope.endpoints:
        return "it is for the endpoints " + (", ".join(scope.endpoints) or "of none") + " only"
    return None
