"""Master keys: what data keys are sealed with, so that the database alone opens nothing."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from public_works.keyfiles import master_keys
from public_works.secrets import resolve
from public_works.settings import Settings
from symphainy.errors import Refused, Unavailable

__all__ = ["About", "LocalMasterKey", "MasterKey", "MasterKeys"]

BYTES = 32
KMS = "aws-kms:"
NONCE = 12


@dataclass(frozen=True, slots=True)
class About:
    """Which data key it is: sealed for one, it opens as no other."""

    tenant: str
    id: str

    @property
    def plain(self) -> bytes:
        """As the bytes that are authenticated."""
        return b"\0".join((b"symphainy.data-key.v1", self.tenant.encode(), self.id.encode()))

    @property
    def named(self) -> dict[str, str]:
        """As names and values, which AWS writes into its own log of calls."""
        return {"symphainy": "data-key", "tenant": self.tenant, "key": self.id}


class MasterKey(Protocol):
    """Seals and opens data keys; one in a key management service does so there."""

    @property
    def id(self) -> str:
        """Names it, and says nothing of it."""
        ...

    def seal(self, key: bytes, about: About) -> bytes:
        """`key`, sealed so that it opens only with the same `about`. Unavailable `codec.key`."""
        ...

    def open(self, sealed: bytes, about: About) -> bytes:
        """What was sealed. Unavailable `codec.key` if it does not open."""
        ...


class LocalMasterKey:
    """A master key in this process: 32 bytes from a file or a secret."""

    def __init__(self, key: bytes) -> None:
        if len(key) != BYTES:
            raise Refused("settings.invalid", "A master key has 32 bytes, written in base64.")
        self._cipher = AESGCM(key)
        self._id = hashlib.sha256(b"symphainy.master-key.v1\0" + key).hexdigest()[:16]

    @property
    def id(self) -> str:
        """See base class."""
        return self._id

    def seal(self, key: bytes, about: About) -> bytes:
        """See base class."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, key, about.plain)

    def open(self, sealed: bytes, about: About) -> bytes:
        """See base class."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], about.plain)
        except (InvalidTag, ValueError) as error:
            message = f"A data key does not open with the master key {self.id}."
            raise Unavailable("codec.key", message) from error


class MasterKeys:
    """The master key in use, and those before it, which still open what they sealed."""

    def __init__(self, current: MasterKey, before: Iterable[MasterKey] = ()) -> None:
        self.current = current
        self._known = {one.id: one for one in (*before, current)}

    @classmethod
    def of(cls, settings: Settings) -> "MasterKeys":
        """Those that `settings` name, or else those of the home folder.

        Refused: settings.invalid, secret.reference, secret.missing. Unavailable `codec.key` if
        the home folder's cannot be read.
        """
        if settings.master_key is None:
            *before, current = _files(settings.home)
            return cls(current, before)
        named = (settings.master_key, *settings.master_keys_before)
        newest, *older = (_named(one, settings) for one in named)
        return cls(newest, older)

    @property
    def ids(self) -> frozenset[str]:
        """The names of all of them."""
        return frozenset(self._known)

    def open(self, master: str, sealed: bytes, about: About) -> bytes:
        """What the master key of that id sealed. Unavailable `codec.key`."""
        known = self._known.get(master)
        if known is None:
            message = (
                f"This process does not have the master key {master}: let SYMPHAINY_MASTER_KEY or "
                "SYMPHAINY_MASTER_KEYS_BEFORE name it."
            )
            raise Unavailable("codec.key", message)
        return known.open(sealed, about)


def _files(home: Path) -> list[MasterKey]:
    try:
        return [LocalMasterKey(one) for one in master_keys(home)]
    except (OSError, Refused) as error:
        message = f"The master keys in {home / 'keys' / 'master'} cannot be read: {error}"
        raise Unavailable("codec.key", message) from error


def _named(reference: str, settings: Settings) -> MasterKey:
    if reference.startswith(KMS):
        # Imported where it is used: boto3 takes 1.7 s, and most installations have none.
        from public_works.aws_master_key import AwsMasterKey

        name = reference.removeprefix(KMS)
        return AwsMasterKey(name, settings.master_key_aws_region, settings.master_key_aws_endpoint)
    text = resolve(reference, settings).get_secret_value()
    try:
        return LocalMasterKey(base64.b64decode(text, validate=True))
    except binascii.Error:
        message = f"The master key {reference} is not base64."
        raise Refused("settings.invalid", message) from None
