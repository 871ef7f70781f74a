"""Tables of what comes in: callbacks that were believed or not, and what people write."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = ["CallbackRow", "InboundRow", "MessageRow", "SecurityEventRow"]


class CallbackRow(TenantRow, table=True):
    """A genuine callback, known by what was signed, and when it came first."""

    __tablename__ = "provider_callback"
    __table_args__ = (Index(None, "at"),)
    id: str = Field(sa_type=Key, primary_key=True)
    at: datetime = Field(sa_type=Moment)


class SecurityEventRow(TenantRow, table=True):
    """Something that should not happen, as often as it did within an hour."""

    __tablename__ = "security_event"
    __table_args__ = (Index(None, "tenant", "at", "id"),)
    id: str = Field(sa_type=Key, primary_key=True)
    kind: str = Field(sa_type=Key)
    adapter: str = Field(sa_type=Key)
    binding: str = Field(sa_type=Key)
    reason: str = Field(sa_type=Text)
    source: str | None = Field(sa_type=Key)
    """A keyed hash of the address it came from."""
    at: datetime = Field(sa_type=Moment)
    last: datetime = Field(sa_type=Moment)
    times: int


class MessageRow(TenantRow, table=True):
    """What a delivery says, for a provider that asks."""

    __tablename__ = "delivery_message"
    __table_args__ = (Index(None, "at"),)
    delivery: str = Field(sa_type=Key, primary_key=True)
    message: dict[str, Any] | None = Field(sa_type=Document)
    at: datetime = Field(sa_type=Moment)


class InboundRow(TenantRow, table=True):
    """A message that somebody wrote."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        Index(None, "tenant", "customer", "at"),
        Index(None, "tenant", "at", "id"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    channel: str = Field(sa_type=Key)
    adapter: str = Field(sa_type=Key)
    binding: str = Field(sa_type=Key)
    customer: str | None = Field(sa_type=Key)
    delivery: str | None = Field(sa_type=Key)
    """The delivery it was taken for an answer to."""
    address_hash: str = Field(sa_type=Key)
    provider_id: str = Field(sa_type=Key)
    subject: str | None = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
