"""Ed25519 keys: what signs contexts and grants, and what tells a signature from a forgery."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

__all__ = ["KID_BYTES", "PROOF_BYTES", "SIGNATURE_BYTES", "Keyring", "PublicKey", "SigningKey"]

SIGNATURE_BYTES = 64
KID_BYTES = 8
PROOF_BYTES = 16


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that everybody may hold; `kid` names it in tokens."""

    raw: bytes
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kid", hashlib.sha256(self.raw).hexdigest()[:16])

    @classmethod
    def from_pem(cls, pem: bytes) -> "PublicKey":
        """The key in a SubjectPublicKeyInfo PEM; ValueError if it is not an Ed25519 one."""
        loaded = load_pem_public_key(pem)
        if not isinstance(loaded, Ed25519PublicKey):
            raise ValueError("the PEM holds no Ed25519 public key")
        return cls(loaded.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def to_pem(self) -> bytes:
        loaded = Ed25519PublicKey.from_public_bytes(self.raw)
        return loaded.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class SigningKey:
    """The half of a key that only the platform's interpreter and intake hold."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._public = PublicKey(raw)
        # A key of its own, so that no proof says anything about a signature.
        secret = private.private_bytes_raw()
        self._proving = hmac.digest(secret, b"symphainy.proof.v1", "sha256")

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"

    @property
    def kid(self) -> str:
        """The first 16 hex digits of the SHA-256 of the raw public key."""
        return self._public.kid

    @classmethod
    def generate(cls) -> "SigningKey":
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """The key in an unencrypted PKCS 8 PEM; ValueError if it is not an Ed25519 one."""
        loaded = load_pem_private_key(pem, password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise ValueError("the PEM holds no Ed25519 private key")
        return cls(loaded)

    def to_pem(self) -> bytes:
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def public(self) -> PublicKey:
        return self._public

    def sign(self, data: bytes) -> bytes:
        """A signature of 64 bytes; the same data gives the same bytes, so replays agree."""
        return self._private.sign(data)

    def prove(self, data: bytes) -> bytes:
        """A proof of 16 bytes that only holders of this very key can make, and check."""
        return hmac.digest(self._proving, data, "sha256")[:PROOF_BYTES]


class Keyring:
    """The public keys that are trusted now: one, or two while a key is being rotated."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = dict(keys)

    @classmethod
    def of(cls, *keys: PublicKey) -> "Keyring":
        return cls({key.kid: Ed25519PublicKey.from_public_bytes(key.raw) for key in keys})

    @classmethod
    def from_pems(cls, pems: Iterable[bytes]) -> "Keyring":
        return cls.of(*(PublicKey.from_pem(pem) for pem in pems))

    def verify(self, kid: str, signature: bytes, data: bytes) -> bool:
        """Whether the trusted key `kid` made `signature` over `data`; never raises."""
        key = self._keys.get(kid)
        if key is None:
            return False
        try:
            key.verify(signature, data)
        except InvalidSignature:
            return False
        return True
