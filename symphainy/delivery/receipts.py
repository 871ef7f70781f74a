"""What providers tell afterwards: receipts of deliveries, and messages that people write."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from symphainy.catalog import Channel
from symphainy.delivery.messages import Message
from symphainy.json import Json

__all__ = [
    "EVENTS",
    "RANKS",
    "Answer",
    "Asking",
    "Callback",
    "DeliveryEvent",
    "Heard",
    "Inbound",
    "Receipt",
]

DeliveryEvent = Literal[
    "accepted",
    "queued",
    "sent",
    "ringing",
    "deferred",
    "bounced_soft",
    "delivered",
    "answered",
    "machine_answered",
    "gathered",
    "transferred",
    "no_answer",
    "busy",
    "opened",
    "clicked",
    "updated",
    "solved",
    "replied",
    "completed",
    "bounced_hard",
    "dropped",
    "failed",
    "canceled",
    "expired",
    "complained",
    "unsubscribed",
    "resubscribed",
]
"""What can become of a message, in the platform's words whoever the provider is."""

EVENTS: tuple[DeliveryEvent, ...] = get_args(DeliveryEvent)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Callback(_Frozen):
    """A request that somebody, who says to be the provider, made of this platform."""

    method: str
    url: str
    """As the world sees it, with its query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """The very octets."""
    at: datetime

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the URL; of several of one name, the last."""
        return _pairs(urlsplit(self.url).query)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a body that is a form; of several of one name, the last."""
        return _pairs(self.body.decode("utf-8", "replace"))


class Asking(_Frozen):
    """What is known of whom a callback is about, before it is believed."""

    tenant: str
    channel: Channel
    binding: str
    settings: dict[str, Json] = Field(default_factory=dict)
    """What the binding sets, which is also where the secrets to check with are named."""
    delivery: str | None = None
    """The delivery that the callback's URL names, if it exists."""
    message: Message | None = None
    """What was sent, for adapters whose spec `recalls`."""


class Receipt(_Frozen):
    """What became of a delivery, or what somebody did with it."""

    event: DeliveryEvent
    at: datetime
    delivery: str | None = None
    """Its id where the provider gave it back; else `provider_id` has to tell."""
    provider_id: str | None = None
    dedupe: str | None = None
    """What is the same when the provider tells the same again, beside event and moment."""
    detail: str | None = None
    suppress: str | None = None
    """Why nothing more should be sent to this address, if so."""
    data: dict[str, Json] = Field(default_factory=dict)
    """What was pressed, said, clicked or answered."""


class Inbound(_Frozen):
    """A message that somebody wrote to the client."""

    channel: Channel
    sender: str
    """Their address."""
    to: str
    """The address they wrote to."""
    text: str
    provider_id: str
    at: datetime
    delivery: str | None = None
    """The delivery it answers, where that can be told."""
    subject: str | None = None
    proven: bool = True
    """False where anybody may have written it in the name of `sender`."""
    data: dict[str, Json] = Field(default_factory=dict)


class Answer(_Frozen):
    """What the provider is answered."""

    status: int = 200
    media_type: str = "text/plain"
    body: str = ""


class Heard(_Frozen):
    """What a callback says."""

    receipts: tuple[Receipt, ...] = ()
    inbound: tuple[Inbound, ...] = ()
    answer: Answer = Answer()


def _pairs(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST))
    except ValueError:
        return {}


_MOST = 1_000
"""Fields; no provider has so many, and whoever has not shown who they are may send any."""
_RANKS = {
    "accepted": 10,
    "queued": 15,
    "sent": 20,
    "ringing": 22,
    "deferred": 25,
    "bounced_soft": 28,
    "delivered": 30,
    "answered": 30,
    "machine_answered": 32,
    "no_answer": 35,
    "busy": 35,
    "gathered": 38,
    "transferred": 39,
    "opened": 40,
    "updated": 45,
    "clicked": 50,
    "replied": 60,
    "completed": 60,
    "solved": 60,
    "bounced_hard": 90,
    "dropped": 90,
    "failed": 90,
    "canceled": 90,
    "expired": 90,
    "resubscribed": 94,
    "complained": 95,
    "unsubscribed": 95,
}
RANKS: Mapping[str, int] = MappingProxyType(_RANKS)
"""How much each event tells: receipts come late, twice and in any order, and the one of the
highest rank says what became of the message."""
