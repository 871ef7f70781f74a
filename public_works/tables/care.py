"""Tables of what people do not want, and of when it is a message's turn."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = ["DigestRow", "PreferenceRow", "SuppressionRow", "TurnRow"]


class SuppressionRow(TenantRow, table=True):
    __tablename__ = "suppression"
    __table_args__ = (
        Index(None, "tenant", "address_hash"),
        Index(None, "tenant", "at", "id"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    channel: str = Field(sa_type=Key)
    address_hash: str = Field(sa_type=Key)
    scope: str = Field(sa_type=Key)
    reason: str = Field(sa_type=Key)
    source: str = Field(sa_type=Text)
    detail: str | None = Field(sa_type=Text)
    customer: str | None = Field(sa_type=Key)
    delivery: str | None = Field(sa_type=Key)
    at: datetime = Field(sa_type=Moment)
    expires: datetime | None = Field(sa_type=Moment)


class PreferenceRow(TenantRow, table=True):
    __tablename__ = "preference"
    customer: str = Field(sa_type=Key, primary_key=True)
    topic: str = Field(sa_type=Key, primary_key=True)
    channel: str = Field(sa_type=Key, primary_key=True)
    wanted: bool
    source: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)


class TurnRow(TenantRow, table=True):
    """When a binding that has a rate may send next."""

    __tablename__ = "delivery_turn"
    binding: str = Field(sa_type=Key, primary_key=True)
    next: datetime = Field(sa_type=Moment)


class DigestRow(TenantRow, table=True):
    """A message that waits to be part of one message."""

    __tablename__ = "digest_item"
    __table_args__ = (Index(None, "tenant", "digest", "until"),)
    delivery: str = Field(sa_type=Key, primary_key=True)
    digest: str = Field(sa_type=Key)
    until: datetime = Field(sa_type=Moment)
    data: dict[str, Any] | None = Field(sa_type=Document)
    by: str | None = Field(sa_type=Key)
    at: datetime = Field(sa_type=Moment)
