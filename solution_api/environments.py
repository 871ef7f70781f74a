"""Which environments there are."""

import asyncio

from solution_api.services import Services
from symphainy.errors import Refused
from temporal.keys import SANDBOX

__all__ = ["existing"]


async def existing(services: Services, tenant: str, environment: str | None) -> str:
    """`environment`, or the platform's own. Refused `event.environment` where nothing can run."""
    home = services.settings.environment
    if environment in (None, home, SANDBOX):
        return environment or home
    known = await asyncio.to_thread(services.stores.events.environments, tenant)
    if environment not in known:
        message = f"There is no environment {environment!r}; there are {', '.join(known) or home}."
        raise Refused("event.environment", message)
    return str(environment)
