"""The execution context: who wants this run, said once at intake and signed."""

from pydantic import BaseModel, ConfigDict

from smart_city.signing import Keyring, SigningKey
from smart_city.token import claimed, pack, unpack
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["ExecutionContext", "seal", "unproven", "unseal"]


class ExecutionContext(BaseModel):
    """Where tenant and principal of everything in one run come from; holds no personal data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str
    environment: str
    principal: Principal
    solution: str
    version: str
    plan: str
    """Digest of the compiled plan."""
    workflow: str
    """The workflow id it is bound to."""
    intent: str
    """Opaque id of the intent that started the run."""
    name: str = ""
    """What the solution calls that intent; empty where it has no name of its own."""
    trace: str | None = None
    """W3C traceparent."""
    issued: int
    """Unix seconds."""
    moved: bool = False
    """Whether the run began by another version."""
    depth: int = 0
    """How many runs are above this one, each started by the one before."""
    kid: str = ""
    """The key that signed it; set by `unseal`."""


def seal(context: ExecutionContext, key: SigningKey) -> bytes:
    """`context` as a signed token for a Temporal header."""
    return pack("context", context, key)


def unseal(token: bytes | None, keys: Keyring, *, workflow: str) -> ExecutionContext:
    """The context in `token`, if it is genuine and was issued for this workflow id.

    Refused: context.missing, context.malformed, context.forged, context.misplaced.
    """
    return _issued_for(workflow, unpack("context", token, keys, ExecutionContext))


def unproven(token: bytes | None, *, workflow: str) -> ExecutionContext:
    """The context that `token` states for this workflow id, whoever signed it: to go through
    once more what was done in its name, never to do anything.

    Refused: context.missing, context.malformed, context.misplaced.
    """
    return _issued_for(workflow, claimed("context", token, ExecutionContext))


def _issued_for(workflow: str, context: ExecutionContext) -> ExecutionContext:
    if context.workflow != workflow:
        raise Refused(
            "context.misplaced", f"the context was issued for another workflow, not for {workflow}"
        )
    return context
