"""Signed statements of where a chain stood: what was before can no longer be rewritten unseen."""

from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from smart_city.signing import Keyring, SigningKey
from symphainy.json import canonical

__all__ = ["Checkpoint", "Head", "genuine", "signed"]

DOMAIN = b"symphainy.audit.checkpoint.v1\n"


class Head(BaseModel):
    """The newest record of a chain: how far it goes, and its hash."""

    model_config = ConfigDict(frozen=True, from_attributes=True, extra="forbid")

    tenant: str
    seq: int
    hash: str


class Checkpoint(Head):
    """That the chain's record `seq` had that hash then, signed by the installation."""

    at: AwareDatetime
    kid: str
    signature: str


def signed(head: Head, at: datetime, key: SigningKey) -> Checkpoint:
    """`head` as it stands, signed with `key`."""
    said: dict[str, Any] = {**head.model_dump(), "at": at, "kid": key.kid}
    draft = Checkpoint(**said, signature="")
    return draft.model_copy(update={"signature": key.sign(_data(draft)).hex()})


def genuine(checkpoint: Checkpoint, keys: Keyring) -> bool:
    """Whether one of `keys` signed it."""
    try:
        signature = bytes.fromhex(checkpoint.signature)
    except ValueError:
        return False
    return keys.verify(checkpoint.kid, signature, _data(checkpoint))


def _data(one: Checkpoint) -> bytes:
    at = one.at.astimezone(UTC).isoformat(timespec="microseconds")
    return DOMAIN + canonical([one.tenant, one.seq, one.hash, at, one.kid])
