"""What a key is limited to beyond the roles of its holder."""

from ipaddress import ip_address

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork

__all__ = ["EVERYWHERE", "Asked", "Scope", "elsewhere", "outside"]

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
    networks: tuple[IPvAnyNetwork, ...] | None = Field(
        None,
        max_length=100,
        description="Only from addresses of these networks, such as 192.0.2.0/24.",
    )


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


def elsewhere(scope: Scope, address: str | None) -> str | None:
    """Why a key of that scope is not for whoever asks from there; None if it is."""
    if scope.networks is None:
        return None
    try:
        came = ip_address(address or "")
    except ValueError:
        return "nobody knows where the request comes from"
    came = getattr(came, "ipv4_mapped", None) or came
    if any(came in one for one in scope.networks if one.version == came.version):
        return None
    return f"it is not for requests from {came}"
