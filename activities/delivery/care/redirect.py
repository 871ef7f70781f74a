"""Outside production, nobody is reached who was not named."""

from collections.abc import Sequence

from smart_city.care import admits
from symphainy.delivery import Message
from symphainy.plan import Experience

__all__ = ["PRODUCTION", "SANDBOX", "redirected"]

PRODUCTION = "production"
SANDBOX = "sandbox"
INSIDE = frozenset({"api"})
"""Channels whose messages go to whoever asked for them."""
OURS = frozenset({("chat", "web")})
"""Adapters besides the sandboxes whose messages do not leave the house."""


def redirected(
    bound: Experience, message: Message, environment: str, allowed: Sequence[str]
) -> Experience:
    """The experience, bound to the sandbox of its channel instead where the environment is not
    production and nobody allowed the address."""
    if environment == PRODUCTION or bound.channel in INSIDE:
        return bound
    if bound.adapter == SANDBOX or (bound.channel, bound.adapter) in OURS:
        return bound
    if admits(allowed, message.to.address):
        return bound
    return bound.model_copy(update={"adapter": SANDBOX})
