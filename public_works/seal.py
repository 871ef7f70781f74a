"""What the sandbox signs with where a provider would: a key of this installation."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from public_works.keyfiles import pepper

__all__ = ["Seal"]

SIGNATURE = "x-sandbox-signature"
TIMESTAMP = "x-sandbox-timestamp"
TOLERANCE = timedelta(minutes=5)


class Seal:
    """Signs callbacks of the sandbox, for one tenant each, and tells whether it did."""

    def __init__(self, secret: bytes) -> None:
        # Derived, so that a signature is never also the hash of an API key.
        self._secret = hmac.digest(secret, b"symphainy.sandbox.v1", "sha256")

    @classmethod
    def of(cls, home: Path) -> "Seal":
        """The seal of the installation that lives in `home`."""
        return cls(_secret(home))

    def headers(self, tenant: str, body: bytes, at: datetime) -> dict[str, str]:
        """The headers that go with `body`."""
        moment = str(int(at.timestamp()))
        return {TIMESTAMP: moment, SIGNATURE: f"v1={self._sign(tenant, moment, body)}"}

    def doubt(
        self, tenant: str, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> str | None:
        """Why `body`, with `headers` in lower case, was not signed for that tenant now; else
        None."""
        moment, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
        expected = f"v1={self._sign(tenant, moment, body)}"
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            return "the signature is not the sandbox's"
        # Digits, since the sandbox signed them.
        if abs(at.timestamp() - int(moment)) > TOLERANCE.total_seconds():
            return "the signature is not of now"
        return None

    def secret(self, tenant: str) -> bytes:
        """The key that the sandbox signs a tenant's own webhooks with."""
        return hmac.digest(self._secret, b"webhooks\0" + tenant.encode(), "sha256")

    def _sign(self, tenant: str, moment: str, body: bytes) -> str:
        signed = b"\0".join((tenant.encode(), moment.encode("utf-8", "replace"), body))
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()


@lru_cache(maxsize=8)
def _secret(home: Path) -> bytes:
    return pepper(home)
