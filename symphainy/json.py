"""JSON values, and the one byte form of each that digests are taken of."""

import hashlib
import json

from pydantic import JsonValue as Json

__all__ = ["Json", "canonical", "digest", "digest_of"]


def canonical(value: object) -> bytes:
    """The UTF-8 bytes of `value` with sorted keys and no spaces; NaN is refused."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(value: object) -> str:
    """`sha256:` and the hex digest of the canonical bytes of `value`."""
    return digest_of(canonical(value))


def digest_of(content: bytes) -> str:
    """`sha256:` and the hex digest of bytes that are canonical already."""
    return "sha256:" + hashlib.sha256(content).hexdigest()
