"""Tables of servers that events are sent to, and of answers that callers wait for."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = ["AnswerRow", "WebhookRow"]


class WebhookRow(TenantRow, table=True):
    __tablename__ = "webhook"
    __table_args__ = (Index(None, "tenant", "created", "id"),)
    id: str = Field(sa_type=Key, primary_key=True)
    url: str = Field(sa_type=Text)
    secret: str | None = Field(sa_type=Text)
    """Sealed; None where the secret is one of the vault's."""
    before: str | None = Field(sa_type=Text)
    """The secret before, sealed, which signs along until `overlap` is over."""
    overlap: datetime | None = Field(sa_type=Moment)
    enabled: bool
    reason: str | None = Field(sa_type=Text)
    types: list[str] | None = Field(sa_type=JSON(none_as_null=True))
    """Which events it is sent by itself; None where only flows send it something."""
    environment: str | None = Field(sa_type=Key)
    seq: int = Field(sa_type=BigInteger)
    """Up to where the tenant's events were put on their way to it."""
    created: datetime = Field(sa_type=Moment)
    updated: datetime = Field(sa_type=Moment)


class AnswerRow(TenantRow, table=True):
    __tablename__ = "api_answer"
    run: str = Field(sa_type=Key, primary_key=True)
    experience: str = Field(sa_type=Key, primary_key=True)
    callback: str | None = Field(sa_type=Text)
    waiting: datetime | None = Field(sa_type=Moment)
    """Until when a caller is on the line."""
    delivery: str | None = Field(sa_type=Key)
    """The delivery that answered."""
    status: int | None
    body: Any = Field(sa_type=JSON, nullable=True)
    headers: dict[str, Any] | None = Field(sa_type=Document)
    created: datetime = Field(sa_type=Moment)
    answered: datetime | None = Field(sa_type=Moment)
