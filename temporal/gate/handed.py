"""Grants that never leave the process: from a run to the local activity beside it."""

import secrets
from collections.abc import Mapping

from temporalio.api.common.v1 import Payload

from smart_city.grant import Grant
from symphainy.errors import Refused
from temporal.headers import GRANT, read

__all__ = ["Handed"]

TICKET_BYTES = 16


class Handed:
    """Grants by ticket; a ticket is nothing but chance, and opens nothing in another process.

    A local activity is neither in the history nor on a task queue, so nothing has to be signed
    for it, and nobody who only has Temporal can come by a ticket.
    """

    def __init__(self) -> None:
        self._grants: dict[bytes, Grant] = {}

    def give(self, grant: Grant) -> bytes:
        """The ticket for `grant`, good until it is taken back."""
        ticket = secrets.token_bytes(TICKET_BYTES)
        self._grants[ticket] = grant
        return ticket

    def take_back(self, ticket: bytes) -> None:
        """Let the ticket open nothing any more."""
        self._grants.pop(ticket, None)

    def shown(self, headers: Mapping[str, Payload]) -> Grant:
        """The grant whose ticket is in `headers`; Refused `grant.missing` if there is none."""
        grant = self._grants.get(read(headers, GRANT) or b"")
        if grant is None:
            raise Refused("grant.missing", "there is no grant for this local activity")
        return grant
