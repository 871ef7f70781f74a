"""Tables of what goes out: deliveries, their attempts and events, caps, the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = ["AttemptRow", "CapRow", "DeliveryRow", "EventRow", "OutboxRow"]


class DeliveryRow(TenantRow, table=True):
    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "tenant", "created", "id"),
        Index(None, "tenant", "run"),
        Index(None, "tenant", "state"),
        Index(None, "tenant", "customer"),
        Index(None, "tenant", "provider_id"),
        Index(None, "tenant", "address_hash"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    solution: str = Field(sa_type=Key)
    run: str = Field(sa_type=Key)
    step: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Key)
    binding: str = Field(sa_type=Key)
    provider: str | None = Field(sa_type=Key)
    purpose: str = Field(sa_type=Key)
    topic: str | None = Field(sa_type=Text)
    customer: str | None = Field(sa_type=Key)
    address_hash: str | None = Field(sa_type=Key)
    content_hash: str | None = Field(sa_type=Key)
    state: str = Field(sa_type=Key)
    reason: str | None = Field(sa_type=Text)
    provider_id: str | None = Field(sa_type=Key)
    attempt: int
    decision: str | None = Field(sa_type=Key)
    not_before: datetime | None = Field(sa_type=Moment)
    expires: datetime | None = Field(sa_type=Moment)
    instead_of: str | None = Field(sa_type=Key)
    plan: str | None = Field(sa_type=Key)
    environment: str | None = Field(sa_type=Key)
    event: str | None = Field(sa_type=Key)
    gave: dict[str, Any] | None = Field(sa_type=Document)
    trace: str | None = Field(sa_type=Key)
    """The traceparent of the attempt that wrote it first."""
    created: datetime = Field(sa_type=Moment)
    updated: datetime = Field(sa_type=Moment)


def _of_delivery() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "delivery"], ["delivery.tenant", "delivery.id"])


class AttemptRow(TenantRow, table=True):
    __tablename__ = "delivery_attempt"
    __table_args__ = (_of_delivery(), Index(None, "tenant", "ended"))
    delivery: str = Field(sa_type=Key, primary_key=True)
    n: int = Field(primary_key=True)
    binding: str = Field(sa_type=Key)
    provider: str = Field(sa_type=Key)
    content_hash: str | None = Field(sa_type=Key)
    started: datetime = Field(sa_type=Moment)
    ended: datetime | None = Field(sa_type=Moment)
    outcome: str | None = Field(sa_type=Key)
    provider_id: str | None = Field(sa_type=Key)
    code: str | None = Field(sa_type=Text)
    detail: str | None = Field(sa_type=Text)
    version: str | None = Field(sa_type=Key)
    """Of the adapter that wrote."""


class EventRow(TenantRow, table=True):
    __tablename__ = "delivery_event"
    __table_args__ = (
        _of_delivery(),
        Index(None, "tenant", "delivery", "at"),
        Index(None, "tenant", "recorded"),
    )
    dedupe: str = Field(sa_type=Key, primary_key=True)
    delivery: str = Field(sa_type=Key)
    event: str = Field(sa_type=Key)
    at: datetime = Field(sa_type=Moment)
    source: str = Field(sa_type=Key)
    detail: str | None = Field(sa_type=Text)
    provider_id: str | None = Field(sa_type=Key)
    data: dict[str, Any] | None = Field(sa_type=Document)
    recorded: datetime = Field(sa_type=Moment)


class CapRow(TenantRow, table=True):
    """A place taken under a frequency cap, or so much of a budget."""

    __tablename__ = "cap_reservation"
    __table_args__ = (
        Index(None, "tenant", "policy", "scope", "at"),
        Index(None, "tenant", "key"),
    )
    policy: str = Field(sa_type=Key, primary_key=True)
    scope: str = Field(sa_type=Key, primary_key=True)
    key: str = Field(sa_type=Key, primary_key=True)
    at: datetime = Field(sa_type=Moment)
    amount: int = Field(sa_type=BigInteger)
    lapses: datetime | None = Field(sa_type=Moment)
    """When it is free again, unless what it was taken for begins before."""


class OutboxRow(TenantRow, table=True):
    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("tenant", "delivery"),
        Index(None, "tenant", "at", "id"),
        Index(None, "tenant", "channel", "thread", "at"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    delivery: str = Field(sa_type=Key)
    run: str = Field(sa_type=Text)
    step: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Key)
    to: str = Field(sa_type=Text)
    sender: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    html: str | None = Field(sa_type=Text)
    headers: dict[str, Any] = Field(sa_type=JSON)
    kind: str | None = Field(sa_type=Key)
    document: dict[str, Any] | None = Field(sa_type=Document)
    customer: str | None = Field(sa_type=Key)
    experience: str | None = Field(sa_type=Key)
    thread: str | None = Field(sa_type=Key)
    acts: list[dict[str, Any]] | None = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Moment)
