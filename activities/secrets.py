"""What a step is handed, with the secrets of its tenant in place for as long as it takes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from temporalio.exceptions import ApplicationError

from public_works.authorization import Authorization, Authorizer
from public_works.mask import Mask, filled
from public_works.secrets import Vault
from symphainy.errors import Ending, Refused
from symphainy.json import Json
from temporal.gate.activity import granted

__all__ = ["Handed", "authorized", "handed"]


@dataclass
class Handed:
    """The wire of a step in full; nothing of it may be logged, raised or given back unmasked."""

    tenant: str
    vault: Vault | None
    wire: Mapping[str, Any]
    mask: Mask = field(default_factory=Mask)

    @property
    def arguments(self) -> Any:
        """`with`, secrets in place."""
        return self.wire.get("with")

    @property
    def authentication(self) -> Json:
        """The policy, secrets in place."""
        found: Json = self.wire.get("authentication")
        return found


@asynccontextmanager
async def handed(wire: Mapping[str, Any], vault: Vault | None) -> AsyncIterator[Handed]:
    """What the step that runs here was handed; what ends the body says no secret.

    Raises Refused (`secret.missing`, `secret.reference`).
    """
    step = Handed(granted.get().tenant, vault, wire)
    await _fill(step)
    try:
        yield step
    except Exception as error:
        if not step.mask:
            raise
        # What caused it may show what was sent, so nothing of that is kept.
        raise _masked(error, step.mask) from None


async def _fill(step: Handed, authorization: Authorization | None = None) -> None:
    if not step.wire.get("secrets"):
        return
    vault = step.vault
    if vault is None:
        raise Refused("secret.missing", "The worker that serves this step keeps no secrets.")
    step.wire, mask = await asyncio.to_thread(filled, step.wire, step.tenant, vault, authorization)
    step.mask.join(mask)


def _masked(error: Exception, mask: Mask) -> Exception:
    if isinstance(error, Ending):
        return mask.ending(error)
    if not isinstance(error, ApplicationError):
        return RuntimeError(mask.text(f"{type(error).__name__}: {error}"))
    return ApplicationError(
        mask.text(error.message),
        *[mask.value(one) for one in error.details],
        type=error.type,
        non_retryable=error.non_retryable,
        next_retry_delay=error.next_retry_delay,
        category=error.category,
    )


async def authorized(
    step: Handed, authorizer: Authorizer, *, fresh: bool = False
) -> Authorization | None:
    """What the step presents, over any protocol; None if it has no authentication, or a digest.

    Where the arguments ask for `$authorization`, it is put in. `fresh` gets a new token after
    the other side did not take the one before. Raises like `Authorizer.authorization`.
    """
    if step.authentication is None:
        return None
    found = await authorizer.authorization(step.tenant, step.authentication, step.mask, fresh=fresh)
    if step.wire.get("secrets"):
        if found is None:
            message = "A digest has no `$authorization` before the server's challenge."
            raise Refused("authentication.properties", message)
        await _fill(step, found)
    return found
