"""Tables of sessions: how each stands, and what was said in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["SessionMessageRow", "SessionRow"]


class SessionRow(TenantRow, table=True):
    """A session as its workflow told of it last."""

    __tablename__ = "session"
    __table_args__ = (
        Index(None, "tenant", "customer", "changed"),
        Index(None, "tenant", "changed", "id"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    solution: str = Field(sa_type=Key)
    environment: str = Field(sa_type=Key)
    customer: str | None = Field(sa_type=Key)
    surface: dict[str, Any] = Field(sa_type=JSON)
    seq: int
    version: int
    """Counts the changes, so that whoever follows sees that there was one."""
    live: datetime | None = Field(sa_type=Moment)
    """Until then the customer's device certainly listens."""
    created: datetime = Field(sa_type=Moment)
    changed: datetime = Field(sa_type=Moment)


class SessionMessageRow(TenantRow, table=True):
    """One message of a transcript."""

    __tablename__ = "session_message"
    __table_args__ = (Index(None, "tenant", "session", "id", unique=True),)
    session: str = Field(sa_type=Key, primary_key=True)
    seq: int = Field(primary_key=True)
    id: str = Field(sa_type=Key)
    direction: str = Field(sa_type=Key)
    channel: str = Field(sa_type=Key)
    text: str = Field(sa_type=Text)
    choices: list[Any] = Field(sa_type=JSON)
    choice: str | None = Field(sa_type=Text)
    run: str | None = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    delivered: bool
    """Whether the sender was told that it arrived."""
    read: bool
    """Whether the sender was told that it was read."""
