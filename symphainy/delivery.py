"""The contract between the delivery of a message and the adapter that puts it on the wire."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from symphainy.catalog import AdapterSpec
from symphainy.json import Json

__all__ = [
    "Adapter",
    "AdapterFactory",
    "EmailMessage",
    "Message",
    "Outcome",
    "Purpose",
    "Recipient",
    "SendResult",
    "Sending",
    "SmsMessage",
    "addressed",
]

Purpose = Literal["transactional", "marketing", "security"]
Outcome = Literal["accepted", "rejected", "retryable", "unknown"]
"""accepted: the provider has it. rejected: never as it is. retryable: certainly not sent.
unknown: it left and no answer came, or the answer proves nothing."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipient(_Frozen):
    """Whom a message is for."""

    address: str
    customer: str | None = None
    locale: str | None = None
    zone: str | None = None


def addressed(to: Json) -> str | None:
    """The address in `to` of a message, where it is one and not the id of a customer: a mail
    address, or a phone number with its plus."""
    if not isinstance(to, str):
        return None
    return to if "@" in to or (to[:1] == "+" and to[1:].isdigit()) else None


class EmailMessage(_Frozen):
    """A mail, rendered."""

    channel: Literal["email"] = "email"
    to: Recipient
    sender: str
    subject: str
    text: str
    html: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)


class SmsMessage(_Frozen):
    """A text message, rendered; addresses are phone numbers in E.164."""

    channel: Literal["sms"] = "sms"
    to: Recipient
    sender: str
    """A phone number, or whatever else the provider sends from: a name, a pool of numbers."""
    text: str


Message = Annotated[EmailMessage | SmsMessage, Field(discriminator="channel")]
"""One of the messages; `channel` tells which."""

M_contra = TypeVar("M_contra", bound=EmailMessage | SmsMessage, contravariant=True)
"""The message of an adapter's channel."""


class Sending(_Frozen):
    """The one attempt an adapter is asked to make."""

    delivery: str
    """The delivery's id: stable over attempts, the idempotency key towards the provider."""
    tenant: str
    run: str
    step: str
    attempt: int
    binding: str = ""
    """The name of the experience, which callbacks of the provider come in under."""
    since: datetime | None = None
    """When the delivery began: what the provider had before is not it."""
    others: frozenset[str] = frozenset()
    """The provider's ids of other deliveries to this address: a look-up by content must not
    take one of them for this delivery."""
    settings: dict[str, Json] = Field(default_factory=dict)
    """What the binding sets, as the adapter's settings schema allows."""
    not_after: datetime | None = None


class SendResult(_Frozen):
    """What the provider said, as one of four outcomes; adapters return it, they never raise it."""

    outcome: Outcome
    provider_id: str | None = None
    code: str | None = None
    detail: str | None = None
    retry_after: timedelta | None = None
    suppress: str | None = None
    """Why nothing more should be sent to this address (`opted_out`, `landline`, ...), if so."""


@runtime_checkable
class Adapter(Protocol[M_contra]):
    """Reaches people on one channel through one vendor, with the messages of that channel.

    `send` makes at most one write on the wire and never retries: Temporal is the only retry
    loop, the ledger the only memory. Provider outcomes are returned, not raised.
    """

    spec: AdapterSpec

    async def check(self) -> list[str]:
        """What is missing before it can send; empty when ready."""
        ...

    def validate(self, message: M_contra) -> list[str]:
        """What the provider would refuse in `message`; pure."""
        ...

    async def send(self, message: M_contra, sending: Sending) -> SendResult:
        """Put `message` on the wire once."""
        ...

    async def find(self, message: M_contra, sending: Sending) -> SendResult | None:
        """Ask the provider whether it has the delivery; None when it cannot be asked.

        accepted: it has it. retryable: it certainly has not. unknown: it cannot tell yet.
        """
        ...


class AdapterFactory(Protocol):
    """What an entry point of `symphainy.adapters` offers: a spec and a way to make the adapter."""

    spec: AdapterSpec

    def make(self, services: "dict[type, object]") -> Adapter[Any]:
        """The adapter, given the worker's services (settings, stores) by type."""
        ...
