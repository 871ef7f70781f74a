"""Tables of what is watched: spans of traces, alarms."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["AlarmRow", "SpanRow"]


class SpanRow(TenantRow, table=True):
    """Something that took time, under a trace; moments in nanoseconds since 1970."""

    __tablename__ = "span"
    __table_args__ = (Index(None, "tenant", "run"), Index(None, "began"))
    trace: str = Field(sa_type=Key, primary_key=True)
    id: str = Field(sa_type=Key, primary_key=True)
    parent: str | None = Field(sa_type=Key)
    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Key)
    room: str = Field(sa_type=Key)
    run: str | None = Field(sa_type=Key)
    step: str | None = Field(sa_type=Text)
    began: int = Field(sa_type=BigInteger)
    ended: int = Field(sa_type=BigInteger)
    status: str = Field(sa_type=Key)
    code: str | None = Field(sa_type=Text)
    attributes: dict[str, Any] = Field(sa_type=JSON)
    events: list[dict[str, Any]] = Field(sa_type=JSON)
    links: list[dict[str, Any]] = Field(sa_type=JSON)


class AlarmRow(TenantRow, table=True):
    """Something that wants a person to look, from when it was first seen until it was gone."""

    __tablename__ = "alarm"
    __table_args__ = (Index(None, "tenant", "cleared", "since"),)
    id: str = Field(sa_type=Key, primary_key=True)
    kind: str = Field(sa_type=Key)
    severity: str = Field(sa_type=Key)
    subject: str = Field(sa_type=Text)
    told: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=Moment)
    seen: datetime = Field(sa_type=Moment)
    cleared: datetime | None = Field(sa_type=Moment)
    acknowledged: datetime | None = Field(sa_type=Moment)
    by: str | None = Field(sa_type=Text)
    note: str | None = Field(sa_type=Text)
