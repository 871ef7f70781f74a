"""Tables of the event hub: what was accepted, who waits for what, and what is on its way."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from public_works.tables.base import GLOBAL, Row, TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = [
    "CloudEventRow",
    "HandoverRow",
    "ListenerRow",
    "MarkRow",
    "PostRow",
    "ProofRow",
    "SourceRow",
]


class CloudEventRow(TenantRow, table=True):
    """An event as it was accepted; `seq` is its place among the tenant's."""

    __tablename__ = "cloud_event"
    __table_args__ = (
        Index(None, "tenant", "identity", unique=True),
        Index(None, "tenant", "environment", "type", "seq"),
        Index(None, "accepted"),
        Index(None, "relayed"),
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
    depth: int
    """How many runs led to it, each started by what the one before told."""
    hops: int
    """How many events, each told because of the one before, led to it with hardly a pause."""
    relayed: bool
    """Whether it was looked at who listens for it: what a store tells is looked at afterwards."""


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
    __table_args__ = (Index(None, "state", "due"), Index(None, "tenant", "state", "seq"))
    seq: int = Field(sa_type=BigInteger, primary_key=True)
    target: str = Field(sa_type=Key, primary_key=True)
    """A workflow id, or `start:` and what is started."""
    state: str = Field(sa_type=Key)
    details: dict[str, Any] = Field(sa_type=JSON)
    tries: int
    """How often it could not be handed over."""
    due: datetime = Field(sa_type=Moment)
    created: datetime = Field(sa_type=Moment)
    reason: str | None = Field(sa_type=Text)
    """Why it can never be handed over, for somebody to look at."""
    settled: datetime | None = Field(sa_type=Moment)
    """When it was handed over, or given up."""


class PostRow(TenantRow, table=True):
    """An event on its way to an endpoint."""

    __tablename__ = "event_post"
    __table_args__ = (
        Index(None, "state", "due"),
        Index(None, "tenant", "state", "seq"),
        Index(None, "tenant", "webhook", "aggregate", "seq"),
    )
    webhook: str = Field(sa_type=Key, primary_key=True)
    seq: int = Field(sa_type=BigInteger, primary_key=True)
    aggregate: str = Field(sa_type=Key)
    """What the event is about; events about the same go one after the other."""
    state: str = Field(sa_type=Key)
    tries: int
    due: datetime = Field(sa_type=Moment)
    reason: str | None = Field(sa_type=Text)
    """What came of the last attempt, where it was not taken."""
    created: datetime = Field(sa_type=Moment)
    settled: datetime | None = Field(sa_type=Moment)
    """When it was taken, or given up."""


class SourceRow(TenantRow, table=True):
    """Somebody outside who sends events and signs them."""

    __tablename__ = "event_source"
    __table_args__ = (Index(None, "tenant", "created", "id"),)
    id: str = Field(sa_type=Key, primary_key=True)
    environment: str = Field(sa_type=Key)
    rules: dict[str, Any] = Field(sa_type=JSON)
    """How it signs, and what its bodies mean."""
    secret: str | None = Field(sa_type=Text)
    """Sealed; None where the secret is one of the vault's."""
    before: str | None = Field(sa_type=Text)
    overlap: datetime | None = Field(sa_type=Moment)
    by: str = Field(sa_type=Text)
    created: datetime = Field(sa_type=Moment)
    updated: datetime = Field(sa_type=Moment)


class ProofRow(TenantRow, table=True):
    """A signed request of a source that was taken, so that it is taken once."""

    __tablename__ = "event_proof"
    __table_args__ = (Index(None, "at"),)
    source: str = Field(sa_type=Key, primary_key=True)
    id: str = Field(sa_type=Key, primary_key=True)
    """What the source signed the request under."""
    request: str = Field(sa_type=Key)
    content: str = Field(sa_type=Key)
    lasting: bool
    """Whether the signature never grows stale, so that this may not be forgotten."""
    at: datetime = Field(sa_type=Moment)


class MarkRow(Row, table=True):
    """Up to where something was looked through, for the whole installation."""

    __tablename__ = "event_mark"
    __table_args__ = GLOBAL
    name: str = Field(sa_type=Key, primary_key=True)
    at: datetime = Field(sa_type=Moment)
