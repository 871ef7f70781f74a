"""One payload, sealed and opened.

Sealed, it says only which key it takes. AES-256-GCM with a random nonce; what is authenticated
besides is the namespace, the tenant and the key, so that it opens nowhere else. The workflow is
not: payloads travel from a run to its children, to sessions and to the next history.
"""

import secrets

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload

from public_works.data_keys import DataKey
from symphainy.errors import Refused

__all__ = ["ENCODING", "key_of", "opened", "sealed"]

ENCODING = b"binary/encrypted"
"""What Temporal's own pages and samples call it."""

KEY = "key"
NONCE = 12
WHOLE, JSON = b"\0", b"\1"
"""What the plaintext begins with: a whole payload follows, or the data of one of plain JSON, which
most are: 25 bytes less."""
PLAIN = {"encoding": b"json/plain"}


def sealed(payload: Payload, key: DataKey, namespace: str) -> Payload:
    """`payload`, for whoever has `key`."""
    if dict(payload.metadata) == PLAIN and not payload.external_payloads:
        content = JSON + payload.data
    else:
        content = WHOLE + payload.SerializeToString()
    nonce = secrets.token_bytes(NONCE)
    data = nonce + key.cipher.encrypt(nonce, content, _about(key, namespace))
    return Payload(metadata={"encoding": ENCODING, KEY: key.id.encode()}, data=data)


def key_of(payload: Payload) -> str | None:
    """The id of the key that `payload` takes; None if it is not sealed."""
    if payload.metadata.get("encoding") != ENCODING:
        return None
    return payload.metadata.get(KEY, b"").decode("ascii", "replace")


def opened(payload: Payload, key: DataKey, namespace: str) -> Payload:
    """What was sealed. Refused `codec.forged` if it was not sealed with `key` for `namespace`."""
    try:
        nonce, data = payload.data[:NONCE], payload.data[NONCE:]
        content = key.cipher.decrypt(nonce, data, _about(key, namespace))
        if content[:1] == JSON:
            return Payload(metadata=PLAIN, data=content[1:])
        return Payload.FromString(content[1:])
    except (InvalidTag, ValueError, DecodeError):
        message = "a payload was changed, or comes from another namespace"
        raise Refused("codec.forged", message) from None


def _about(key: DataKey, namespace: str) -> bytes:
    return b"\0".join(
        (b"symphainy.payload.v1", namespace.encode(), key.tenant.encode(), key.id.encode())
    )
