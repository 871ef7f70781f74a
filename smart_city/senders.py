"""Whether a request is a source's own: its signature, its age, and what names it."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from symphainy.event.source import PARTS, Rules, Signing

__all__ = ["Believed", "Doubt", "judged"]

STANDARD = Signing(
    header="webhook-signature",
    prefix="v1,",
    encoding="base64",
    signed="{id}.{timestamp}.{body}",
    id="webhook-id",
    timestamp="webhook-timestamp",
)
GITHUB = Signing(id="x-github-delivery")
LONGEST_ID = 256


class Believed(BaseModel):
    """A request that is the source's own."""

    model_config = ConfigDict(frozen=True)

    id: str
    """What the source calls it; a digest of the body where it does not say."""
    name: str
    """What it is told apart by from others: only what was signed counts."""
    request: str
    content: str
    lasting: bool
    """Whether its signature stays good for as long as the secret does."""


class Doubt(Exception):
    """Why a request is not believed."""

    def __init__(self, reason: str, *, genuine: bool = False) -> None:
        super().__init__(reason)
        self.genuine = genuine
        """Whether it was the source's once."""


def judged(
    rules: Rules,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Believed:
    """The request, if one of `secrets` signed exactly these bytes and lately. Raises Doubt.

    `headers` have names in lower case. Of two signatures one that fits is enough.
    """
    how = rules.signing or (STANDARD if rules.kind == "standard" else GITHUB)
    said = {
        "id": headers.get(how.id.lower(), "") if how.id else "",
        "timestamp": headers.get(how.timestamp.lower(), "") if how.timestamp else "",
    }
    given = headers.get(how.header.lower(), "")
    if not given:
        raise Doubt("it has no signature")
    if how.timestamp and not (said["timestamp"].isdecimal() and len(said["timestamp"]) < 12):
        raise Doubt("it has no timestamp")
    content = _signed(how.signed, said, body)
    if not any(_fits(how, given, _key(rules, one), content) for one in secrets):
        raise Doubt("the signature is of another key, or of other content")
    if how.timestamp:
        _timely(int(said["timestamp"]), now, timedelta(seconds=rules.tolerance))
    digest = hashlib.sha256(body).hexdigest()
    is_signed = "{id}" in how.signed
    id = said["id"] if said["id"].isprintable() and len(said["id"]) <= LONGEST_ID else ""
    if is_signed and not id:
        raise Doubt("it has no id")
    name = said["id"] if is_signed else digest
    if how.timestamp and not is_signed:
        name = f"{said['timestamp']}.{digest}"
    request = hashlib.sha256(content).hexdigest()
    return Believed(
        id=id or digest,
        name=hashlib.sha256(name.encode()).hexdigest(),
        request=request,
        content=digest,
        lasting=how.timestamp is None,
    )


def _signed(template: str, said: Mapping[str, str], body: bytes) -> bytes:
    parts = PARTS.split(template)
    # Every second one is the name of a part.
    texts = [
        (body if one == "body" else said[one].encode()) if i % 2 else one.encode()
        for i, one in enumerate(parts)
    ]
    return b"".join(texts)


def _fits(how: Signing, given: str, key: bytes, content: bytes) -> bool:
    made = hmac.digest(key, content, how.algorithm)
    text = made.hex() if how.encoding == "hex" else base64.b64encode(made).decode()
    expected = (how.prefix + text).encode()
    return any(hmac.compare_digest(one.encode(), expected) for one in given.split())


def _key(rules: Rules, secret: str) -> bytes:
    """The octets that sign: `whsec_` tells that they are in Base64, as Standard Webhooks has it."""
    if rules.kind != "standard":
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise Doubt("the secret is none of Standard Webhooks: `whsec_` and Base64") from None


def _timely(at: int, now: datetime, tolerance: timedelta) -> None:
    off = abs(now.timestamp() - at)
    if off > tolerance.total_seconds():
        raise Doubt(f"its timestamp is {off:.0f} s off", genuine=True)
