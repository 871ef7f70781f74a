"""Cursors that only we can make: Temporal answers a forged one as if it were down."""

import hmac

from symphainy.errors import Refused

__all__ = ["Cursors"]

LENGTH = 16


class Cursors:
    """Seals and opens cursors; `secret` is the installation's pepper."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"symphainy.cursor.v1", "sha256")

    def seal(self, tenant: str, cursor: str | None) -> str | None:
        """`cursor` with proof that `tenant` was given it."""
        return cursor and f"{self._proof(tenant, cursor)}.{cursor}"

    def open(self, tenant: str, sealed: str | None) -> str | None:
        """The cursor within. Refused `store.cursor` for what `tenant` was not given."""
        if sealed is None:
            return None
        proof, _, cursor = sealed.partition(".")
        if not hmac.compare_digest(proof.encode(), self._proof(tenant, cursor).encode()):
            raise Refused("store.cursor", "The cursor is not one that a page before gave.")
        return cursor

    def _proof(self, tenant: str, cursor: str) -> str:
        text = f"{tenant}\0{cursor}".encode()
        return hmac.digest(self._secret, text, "sha256").hex()[:LENGTH]
