"""A callback and its answer, as they go to and fro."""

from base64 import b64decode, b64encode
from datetime import datetime
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from symphainy.catalog import Channel
from symphainy.delivery import Callback
from symphainy.json import digest

__all__ = ["ACTIVITY", "CALLBACK", "Said", "Seen"]

CALLBACK = "callback"
"""The type of the workflow; no solution's address is without a dot."""

ACTIVITY = "gate.callback"

SIGNED = ("sign", "authorization", "timestamp", "webhook-id")
"""In the names of headers that make a signature what it is."""


class Seen(BaseModel):
    """A request as the API saw it, and whom it says it is about; nothing of it is believed."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    adapter: str
    channel: Channel
    binding: str
    delivery: str | None = None
    solution: str | None = None
    method: str
    url: str
    headers: dict[str, str]
    body: str
    """Base64."""
    at: datetime
    source: str | None = None
    """A keyed hash of the address it came from."""

    @classmethod
    def of(cls, callback: Callback, **about: object) -> "Seen":
        """`callback`, for the wire."""
        given: dict[str, object] = {
            "method": callback.method,
            "url": callback.url,
            "headers": dict(callback.headers),
            "body": b64encode(callback.body).decode(),
            "at": callback.at,
            **about,
        }
        return cls.model_validate(given)

    @property
    def callback(self) -> Callback:
        """The request."""
        return Callback(
            method=self.method,
            url=self.url,
            headers=self.headers,
            body=b64decode(self.body),
            at=self.at,
        )

    @cached_property
    def id(self) -> str:
        """The same for the same request; a provider that hears no answer makes it again."""
        signed = {
            name: value
            for name, value in self.headers.items()
            if any(part in name for part in SIGNED)
        }
        about = [self.tenant, self.adapter, self.channel, self.binding, self.method, self.url]
        return digest([*about, signed, self.body]).removeprefix("sha256:")


class Said(BaseModel):
    """What is answered; `believed` is False for who is not the provider."""

    model_config = ConfigDict(frozen=True)

    status: int = 200
    media_type: str = "text/plain"
    body: str = ""
    believed: bool = True
