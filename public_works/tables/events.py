"""Tables of the event hub: what was accepted, who waits for what, and what is on its way."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = ["CloudEventRow", "HandoverRow", "ListenerRow"]


class CloudEventRow(TenantRow, table=True):
    """An event as it was accepted; `seq` is its place among the tenant's."""

    __tablename__ = "cloud_event"
    __table_args__ = (
        Index(None, "tenant", "identity", unique=True),
        Index(None, "tenant", "environment", "type", "seq"),
        Index(None, "accepted"),
    )
    seq: int = Field(sa_type=BigInteger, primary_key=True)
    identity: str = Field(sa_type=Key)
    environment: str = Field(sa_type=Key)
    type: str = Field(sa_type=Key)
    envelope: dict[str, Any] = Field(sa_type=JSON)
    by: dict[str, Any] = Field(sa_type=JSON)
    """The principal it came from."""
    origin: dict[str, Any] | None = Field(sa_type=Document)
    """The run and the step that emitted it, if one did."""
    accepted: datetime = Field(sa_type=Moment)


class ListenerRow(TenantRow, table=True):
    """One filter of a task that listens now."""

    __tablename__ = "event_listener"
    __table_args__ = (
        Index(None, "tenant", "environment", "type", "shape", "value"),
        Index(None, "tenant", "workflow"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    n: int = Field(primary_key=True)
    workflow: str = Field(sa_type=Key)
    environment: str = Field(sa_type=Key)
    step: str = Field(sa_type=Text)
    type: str = Field(sa_type=Key)
    shape: str = Field(sa_type=Key)
    value: str = Field(sa_type=Key)
    filter: dict[str, Any] = Field(sa_type=JSON)
    created: datetime = Field(sa_type=Moment)


class HandoverRow(TenantRow, table=True):
    """An event on its way to a run, or to the start of one."""

    __tablename__ = "event_handover"
    __table_args__ = (Index(None, "state", "due"),)
    seq: int = Field(sa_type=BigInteger, primary_key=True)
    target: str = Field(sa_type=Key, primary_key=True)
    """A workflow id, or `start:` and what is started."""
    state: str = Field(sa_type=Key)
    details: dict[str, Any] = Field(sa_type=JSON)
    tries: int
    """How often it could not be handed over."""
    due: datetime = Field(sa_type=Moment)
    created: datetime = Field(sa_type=Moment)
