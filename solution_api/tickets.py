"""Tickets: what a link opens the pages with that was printed on the machine of the platform."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

__all__ = ["MINUTES", "Ticket", "Tickets"]

MINUTES = 10
LONGEST = 1024


class Ticket(BaseModel):
    """Whose pages, until when; it is exchanged for a sign-in, once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    tenant: str
    expires: datetime


class Tickets:
    """Issues and checks tickets; `secret` is the installation's pepper."""

    def __init__(self, secret: bytes) -> None:
        # Derived, so that a ticket's signature is never also the hash of an API key.
        self._secret = hmac.digest(secret, b"symphainy.ticket.v2", "sha256")

    def issue(self, tenant: str, *, now: datetime | None = None) -> str:
        """A ticket as text that fits a URL, good for ten minutes."""
        expires = (now or datetime.now(UTC)) + timedelta(minutes=MINUTES)
        ticket = Ticket(id=secrets.token_hex(8), tenant=tenant, expires=expires)
        body = ticket.model_dump_json().encode()
        return f"{_text(body)}.{_text(self._sign(body))}"

    def redeem(self, text: str, *, now: datetime | None = None) -> Ticket | None:
        """The ticket, if it is genuine and its time is not over; whether it was used before is
        for the register of sign-ins to say."""
        if len(text) > LONGEST:
            return None
        body, signature = (_bytes(part) for part in (*text.split(".", 1), "")[:2])
        if not hmac.compare_digest(self._sign(body), signature):
            return None
        try:
            ticket = Ticket.model_validate_json(body)
        except ValidationError:
            return None
        return ticket if (now or datetime.now(UTC)) < ticket.expires else None

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, body, hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
