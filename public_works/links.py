"""Links that people get in messages: what they are about, sealed so that nobody reads or makes
one."""

import base64
import binascii
import json
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import BaseModel, ConfigDict, ValidationError

__all__ = ["Link", "LinkSeal"]

LONGEST = 2048
_FIELDS = ("use", "tenant", "delivery", "customer", "channel", "scope")


class Link(BaseModel):
    """What a link is for, and about whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    use: Literal["unsubscribe", "preferences"]
    tenant: str
    delivery: str | None = None
    customer: str | None = None
    channel: str | None = None
    scope: str | None = None
    """What is unsubscribed from: `topic:<topic>` or `purpose:<purpose>`."""


class LinkSeal:
    """Seals and opens links with an installation's key.

    The same link gives the same token, so that a message says the same at every attempt; that is
    what AES-SIV is for.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def token(self, link: Link) -> str:
        """The link as text that fits a URL."""
        parts = [getattr(link, name) for name in _FIELDS]
        content = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._cipher.encrypt(content, None)).decode().rstrip("=")

    def open(self, token: str) -> Link | None:
        """The link, if it is one of this installation's."""
        if len(token) > LONGEST:
            return None
        try:
            padded = token + "=" * (-len(token) % 4)
            sealed = base64.b64decode(padded, altchars=b"-_", validate=True)
            content = json.loads(self._cipher.decrypt(sealed, None))
            return Link.model_validate(dict(zip(_FIELDS, content, strict=True)))
        except (binascii.Error, InvalidTag, ValidationError, ValueError, TypeError):
            return None
