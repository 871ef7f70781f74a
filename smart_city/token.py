"""The byte form of signed statements: which key, its signature, then packed canonical JSON."""

import zlib
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from smart_city.signing import KID_BYTES, SIGNATURE_BYTES, Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.json import canonical

__all__ = ["claimed", "pack", "plain_form", "unpack"]

MAX_BYTES = 8_192
MAX_PACKED_OUT = 65_536
"""Bytes of JSON that a token may unpack to."""

HEAD = KID_BYTES + SIGNATURE_BYTES

# What nearly every statement says; the packed form refers to it. Changing it makes every token
# that is on its way unreadable.
SAID = (
    b'"roles":["viewer","author"],"role":"admin","user","service","agent","trace":"00-",'
    b'"bundle":"sha256:","obligations":[],"run":"","step":"/do/","key":"/do/","activity":"",'
    b'"arguments":"sha256:","expires":1800000000,"environment":"production","intent":"",'
    b'"issued":1800000000,"plan":"sha256:","principal":{"id":"","kind":"user","roles":["admin"],'
    b'"tenant":""},"solution":"","tenant":"","version":"1.0.0","workflow":"0123456789abcdef-"}'
)

Statement = TypeVar("Statement", bound=BaseModel)


def _signed(area: str, body: bytes) -> bytes:
    # The area is signed too: a context can never be shown as a grant.
    return b"symphainy." + area.encode() + b".v2\0" + body


def pack(area: str, statement: BaseModel, key: SigningKey) -> bytes:
    """`statement` as a token of `area`; raw bytes, since base64 has several forms of one value."""
    packer = zlib.compressobj(level=9, wbits=-15, zdict=SAID)
    body = packer.compress(plain_form(statement)) + packer.flush()
    return bytes.fromhex(key.kid) + key.sign(_signed(area, body)) + body


def plain_form(statement: BaseModel) -> bytes:
    """The one JSON text of `statement`, without what is as it would be anyway."""
    said = statement.model_dump(mode="python", exclude_defaults=True, exclude={"kid"})
    return canonical(_ordered(said))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(one) for name, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def unpack(area: str, token: bytes | None, keys: Keyring, model: type[Statement]) -> Statement:
    """What a trusted key stated in `token`, with the key's id as its `kid`.

    Refused: `<area>.missing` without a token, `<area>.malformed` when it is no statement of that
    kind, `<area>.forged` when no trusted key signed exactly these bytes.
    """
    kid, signature, body = _parts(area, token)
    if not keys.verify(kid, signature, _signed(area, body)):
        raise Refused(f"{area}.forged", f"no trusted key signed this {area}")
    return _stated(area, kid, body, model)


def claimed(area: str, token: bytes | None, model: type[Statement]) -> Statement:
    """What `token` states, whoever signed it.

    Refused: `<area>.missing`, `<area>.malformed`.
    """
    kid, _, body = _parts(area, token)
    return _stated(area, kid, body, model)


def _parts(area: str, token: bytes | None) -> tuple[str, bytes, bytes]:
    if not token:
        raise Refused(f"{area}.missing", f"there is no signed {area}")
    if not HEAD < len(token) <= MAX_BYTES:
        raise _malformed(area)
    return token[:KID_BYTES].hex(), token[KID_BYTES:HEAD], token[HEAD:]


def _stated(area: str, kid: str, body: bytes, model: type[Statement]) -> Statement:
    try:
        return model.model_validate_json(_unpacked(body)).model_copy(update={"kid": kid})
    except (ValidationError, zlib.error):
        raise _malformed(area) from None


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=-15, zdict=SAID)
    text = unpacker.decompress(body, MAX_PACKED_OUT)
    if not unpacker.eof or unpacker.unused_data:
        raise zlib.error("cut short, or too long")
    return text


def _malformed(area: str) -> Refused:
    return Refused(f"{area}.malformed", f"this is not a signed {area}")
