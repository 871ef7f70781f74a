"""One attempt at a delivery, and how it ended."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from symphainy.json import Json

__all__ = ["Outcome", "Purpose", "SendResult", "Sending"]

Purpose = Literal["transactional", "marketing", "security"]
Outcome = Literal["accepted", "rejected", "retryable", "unknown"]
"""accepted: the provider has it. rejected: never as it is. retryable: certainly not sent.
unknown: it left and no answer came, or the answer proves nothing."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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
    callback: str | None = None
    """The URL for callbacks about this delivery, with a query already; None where the world does
    not reach this platform."""
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
    data: dict[str, Json] = Field(default_factory=dict)
    """What the step gives besides, such as the number of a ticket or the id of a record."""
