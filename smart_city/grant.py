"""The grant: permission for one activity of one run with exactly these arguments, for minutes."""

import hmac
import json
from collections.abc import Callable
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from smart_city.signing import PROOF_BYTES, Keyring, SigningKey
from smart_city.token import MAX_BYTES, pack, plain_form, unpack
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["ISSUED_BYTES", "MAX_SECONDS", "Grant", "admit", "admit_proof", "fit", "issue", "prove"]

MAX_SECONDS = 15 * 60
ISSUED_BYTES = 5
"""Of a proof: four would end in 2106, and rehearsals skip centuries."""


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
    queue: str = ""
    """The task queue that it may be taken from; empty for the platform's own."""
    step: str
    key: str
    """The step instance's key, stable over retries and replays."""
    arguments: str
    """SHA-256 digest of the encoded arguments."""
    bundle: str
    """Digest of the solution's own policies; the register of decisions has that of all layers."""
    issued: int
    expires: int
    """Unix seconds, at most 15 minutes after `issued`."""
    obligations: tuple[str, ...] = ()
    depth: int = 0
    """How many runs led to this one."""
    kid: str = ""
    """The key that signed it; not part of what is signed, and empty where a proof was enough."""

    @model_validator(mode="after")
    def _short(self) -> Self:
        if not 0 < self.expires - self.issued <= MAX_SECONDS:
            raise ValueError(f"a grant lives between 1 and {MAX_SECONDS} seconds")
        return self


def prove(grant: Grant, key: SigningKey) -> bytes:
    """What a holder of `key` needs to admit `grant` if it knows everything else that it says.

    The grant has to live MAX_SECONDS.
    """
    said = json.dumps(grant.obligations).encode() if grant.obligations else b""
    return grant.issued.to_bytes(ISSUED_BYTES, "big") + key.prove(_proven(grant, said)) + said


def admit_proof(token: bytes, key: SigningKey, known: Callable[..., Grant], *, now: int) -> Grant:
    """The grant that `token` proves, if it is still good.

    `known` makes the grant from what the acting side knows by itself, called with `issued`,
    `expires` and `obligations`. Refused: grant.malformed, grant.forged, grant.expired.
    """
    issued, rest = int.from_bytes(token[:ISSUED_BYTES], "big"), token[ISSUED_BYTES:]
    proof, said = rest[:PROOF_BYTES], rest[PROOF_BYTES:]
    if len(proof) < PROOF_BYTES or len(said) > MAX_BYTES:
        raise Refused("grant.malformed", "this is not the proof of a grant")
    # Read as data only, and good for nothing before it is found to be what was proven.
    try:
        obligations = tuple(map(str, json.loads(said))) if said else ()
    except (ValueError, TypeError, RecursionError):
        raise Refused("grant.malformed", "this is not the proof of a grant") from None
    grant = known(issued=issued, expires=issued + MAX_SECONDS, obligations=obligations)
    if not hmac.compare_digest(proof, key.prove(_proven(grant, said))):
        raise Refused("grant.forged", "no key of this platform granted exactly this step")
    _still_good(grant, now)
    return grant


def _proven(grant: Grant, said: bytes) -> bytes:
    # With the obligations as they are written too: one JSON value has several forms.
    return b"symphainy.grant.v2\0" + plain_form(grant) + b"\0" + said


def issue(grant: Grant, key: SigningKey) -> bytes:
    """`grant` as a signed token for an activity's header."""
    return pack("grant", grant, key)


def admit(
    token: bytes | None,
    keys: Keyring,
    *,
    workflow: str,
    run: str,
    activity: str,
    arguments_digest: str,
    queue: str = "",
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
        queue=queue,
        now=now,
    )
    return grant


def fit(
    grant: Grant,
    *,
    workflow: str,
    run: str,
    activity: str,
    arguments_digest: str,
    queue: str = "",
    now: int,
) -> None:
    """Return if the genuine `grant` is for exactly this call, and still good.

    Refused: grant.misplaced (the message names the field), grant.expired.
    """
    asked = {
        "workflow": workflow,
        "run": run,
        "activity": activity,
        "arguments": arguments_digest,
        "queue": queue,
    }
    for name, value in asked.items():
        if getattr(grant, name) != value:
            raise Refused("grant.misplaced", f"the grant was issued for another {name}")
    _still_good(grant, now)


def _still_good(grant: Grant, now: int) -> None:
    if now >= grant.expires:
        raise Refused("grant.expired", f"the grant expired {now - grant.expires} s ago")
