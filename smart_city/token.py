"""The byte form of signed statements: a 64-byte signature, then canonical JSON."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from smart_city.signing import SIGNATURE_BYTES, Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.json import canonical

__all__ = ["pack", "unpack"]

MAX_BYTES = 8192

Statement = TypeVar("Statement", bound=BaseModel)


def _signed(area: str, body: bytes) -> bytes:
    # The area is signed too: a context can never be shown as a grant.
    return b"symphainy." + area.encode() + b".v1\0" + body


def pack(area: str, statement: BaseModel, key: SigningKey) -> bytes:
    """`statement` as a token of `area`; raw bytes, since base64 has several forms of one value."""
    body = canonical(_ordered(statement.model_dump(mode="python", exclude_defaults=True)))
    return key.sign(_signed(area, body)) + body


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(one) for name, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def unpack(area: str, token: bytes | None, keys: Keyring, model: type[Statement]) -> Statement:
    """What a trusted key stated in `token`.

    Refused: `<area>.missing` without a token, `<area>.malformed` when it is no statement of that
    kind, `<area>.forged` when no trusted key signed exactly these bytes.
    """
    if not token:
        raise Refused(f"{area}.missing", f"there is no signed {area}")
    signature, body = token[:SIGNATURE_BYTES], token[SIGNATURE_BYTES:]
    if not keys.verify(_kid(area, token, body), signature, _signed(area, body)):
        raise Refused(f"{area}.forged", f"no trusted key signed this {area}")
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise _malformed(area) from None


def _kid(area: str, token: bytes, body: bytes) -> str:
    if len(token) > MAX_BYTES:
        raise _malformed(area)
    try:
        stated = json.loads(body)
    except (ValueError, RecursionError):
        raise _malformed(area) from None
    kid = stated.get("kid") if isinstance(stated, dict) else None
    if not isinstance(kid, str):
        raise _malformed(area)
    return kid


def _malformed(area: str) -> Refused:
    return Refused(f"{area}.malformed", f"this is not a signed {area}")
