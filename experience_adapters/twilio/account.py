"""The way into a tenant's account at Twilio."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from experience_adapters.exchange import accepts
from experience_adapters.twilio import answers
from experience_adapters.twilio.access import Access
from experience_adapters.twilio.spec import ENDPOINT, SECRET
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import SendResult
from symphainy.plan import SecretPart

if TYPE_CHECKING:
    from experience_adapters.twilio.line import Line

__all__ = ["Accounts", "asked", "refused"]


class Accounts:
    """Opens the accounts that bindings name."""

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._timeout = settings.delivery_timeout
        self._egress = egress
        self._vault = vault

    async def open(self, tenant: str, settings: dict[str, Any]) -> "tuple[Line, Any]":
        """A line to Twilio, and the library's client at its end.

        Raises Refused (`secret.*`, `egress.forbidden`).
        """
        endpoint = str(settings.get("endpoint") or ENDPOINT)
        forbidden = accepts(self._egress, endpoint)
        if forbidden is not None:
            raise forbidden
        part = SecretPart(secret=str(settings.get("secret") or SECRET))
        return await asyncio.to_thread(self._opened, tenant, part, endpoint)

    def _opened(self, tenant: str, part: SecretPart, endpoint: str) -> "tuple[Line, Any]":
        # In a thread: the library takes up to seconds to import, and most processes never do.
        from experience_adapters.twilio.line import Line, client

        access = Access.of(self._vault.read(tenant, part), endpoint)
        line = Line(self._egress, access, self._timeout)
        return line, client(line, access)


async def asked(line: "Line", question: Awaitable[Any]) -> Any:
    """What the library made of the answer; None if it could make nothing of it."""
    from twilio.base.exceptions import TwilioException

    try:
        return await question
    except (TwilioException, ValueError, LookupError, TypeError, AttributeError):
        if line.answer is None:
            raise
        return None


def refused(line: "Line") -> SendResult:
    """What the latest answer means, where it is no success."""
    if line.answer is None:
        return SendResult(outcome="unknown", code="delivery.unknown")
    return answers.refused(line.answer)
