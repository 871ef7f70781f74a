"""AWS KMS, as far as encrypting and decrypting take it."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.twins.provider import Provider
from tests.twins.ses import verified
from tests.twins.web import Answer, Asked

__all__ = ["KmsTwin"]


@dataclass
class KmsTwin(Provider):
    """Seals with keys that it keeps, and opens what comes with the same context."""

    keys: dict[str, AESGCM] = field(default_factory=dict)
    denies: frozenset[str] = frozenset()
    """Operations that nobody may do."""
    contexts: list[dict[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    sends: ClassVar[str] = "/"

    def add(self, name: str) -> str:
        """Have a key of that name."""
        self.keys[name] = AESGCM(AESGCM.generate_key(256))
        return name

    def take(self, asked: Asked) -> Answer:
        operation = asked.headers.get("x-amz-target", "").removeprefix("TrentService.")
        self.calls.append(operation)
        if not verified(asked, "eu-central-1", "kms"):
            return _error("UnrecognizedClientException")
        if operation in self.denies:
            return _error("AccessDeniedException")
        given = json.loads(asked.body)
        key = self.keys.get(given["KeyId"])
        if key is None:
            return _error("NotFoundException")
        self.contexts.append(given["EncryptionContext"])
        about = json.dumps(given["EncryptionContext"], sort_keys=True).encode()
        return (
            _encrypted(key, given, about) if operation == "Encrypt" else _opened(key, given, about)
        )

    def failing(self, status: int) -> Answer:
        return _error("ThrottlingException" if status == 429 else "KMSInternalException", status)


def _encrypted(key: AESGCM, given: dict[str, Any], about: bytes) -> Answer:
    plain, nonce = base64.b64decode(given["Plaintext"]), b"0" * 12
    blob = nonce + key.encrypt(nonce, plain, about)
    told = {"CiphertextBlob": base64.b64encode(blob).decode(), "KeyId": given["KeyId"]}
    return Answer(200, told)


def _opened(key: AESGCM, given: dict[str, Any], about: bytes) -> Answer:
    blob = base64.b64decode(given["CiphertextBlob"])
    try:
        plain = key.decrypt(blob[:12], blob[12:], about)
    except InvalidTag:
        return _error("InvalidCiphertextException")
    return Answer(200, {"Plaintext": base64.b64encode(plain).decode(), "KeyId": given["KeyId"]})


def _error(name: str, status: int = 400) -> Answer:
    return Answer(status, {"__type": name, "message": name})
