"""The grant: permission for one activity of one run with exactly these arguments, for minutes."""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from smart_city.signing import Keyring, SigningKey
from smart_city.token import pack, unpack
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["MAX_SECONDS", "Grant", "admit", "fit", "issue"]

MAX_SECONDS = 15 * 60


class Grant(BaseModel):
    """One allowed step; whoever holds it can do that step and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str
    environment: str
    principal: Principal
    solution: str
    version: str | None = None
    plan: str = ""
    """Digest of the plan that the step is part of."""
    intent: str = ""
    """The intent the run began with; another run of the same workflow id has another."""
    workflow: str
    run: str
    """Temporal's run id."""
    activity: str
    """The activity type."""
    step: str
    key: str
    """The step instance's key, stable over retries and replays."""
    arguments: str
    """SHA-256 digest of the encoded arguments."""
    bundle: str
    """Digest of the policies that allowed it."""
    issued: int
    expires: int
    """Unix seconds, at most 15 minutes after `issued`."""
    obligations: tuple[str, ...] = ()
    kid: str = ""
    """The key that signed it; set by `issue`."""

    @model_validator(mode="after")
    def _short(self) -> Self:
        if not 0 < self.expires - self.issued <= MAX_SECONDS:
            raise ValueError(f"a grant lives between 1 and {MAX_SECONDS} seconds")
        return self


def issue(grant: Grant, key: SigningKey) -> bytes:
    """`grant` as a signed token for an activity's header."""
    return pack("grant", grant.model_copy(update={"kid": key.kid}), key)


def admit(
    token: bytes | None,
    keys: Keyring,
    *,
    workflow: str,
    run: str,
    activity: str,
    arguments_digest: str,
    now: int,
) -> Grant:
    """The grant in `token`, if it is genuine, for exactly this call, and still good.

    Refused: grant.missing, grant.malformed, grant.forged, grant.misplaced (the message names
    the field), grant.expired.
    """
    grant = unpack("grant", token, keys, Grant)
    fit(
        grant,
        workflow=workflow,
        run=run,
        activity=activity,
        arguments_digest=arguments_digest,
        now=now,
    )
    return grant


def fit(
    grant: Grant, *, workflow: str, run: str, activity: str, arguments_digest: str, now: int
) -> None:
    """Return if the genuine `grant` is for exactly this call, and still good.

    Refused: grant.misplaced (the message names the field), grant.expired.
    """
    asked = {
        "workflow": workflow,
        "run": run,
        "activity": activity,
        "arguments": arguments_digest,
    }
    for name, value in asked.items():
        if getattr(grant, name) != value:
            raise Refused("grant.misplaced", f"the grant was issued for another {name}")
    if now >= grant.expires:
        raise Refused("grant.expired", f"the grant expired {now - grant.expires} s ago")
