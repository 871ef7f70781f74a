"""Secrets that the platform makes for others, sealed with the key of the installation."""

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["Sealer", "new_secret"]

OCTETS, NONCE = 32, 12


def new_secret() -> str:
    """A secret as Standard Webhooks writes them, of 32 random octets."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(OCTETS)).decode()


class Sealer:
    """Seals texts of one kind; what is moved to another tenant or name does not open."""

    def __init__(self, pepper: bytes, kind: str) -> None:
        self._key = hmac.new(pepper, kind.encode(), hashlib.sha256).digest()

    def seal(self, tenant: str, id: str, secret: str) -> str:
        """`secret`, to be kept."""
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self._key).encrypt(nonce, secret.encode(), _about(tenant, id))
        return base64.b64encode(nonce + sealed).decode()

    def open(self, tenant: str, id: str, sealed: str) -> str:
        """What was sealed."""
        octets = base64.b64decode(sealed)
        opened = AESGCM(self._key).decrypt(octets[:NONCE], octets[NONCE:], _about(tenant, id))
        return opened.decode()


def _about(tenant: str, id: str) -> bytes:
    return f"{tenant}|{id}".encode()
