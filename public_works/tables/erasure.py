"""Tables of who was forgotten, and of the keys that go with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["ErasureRow", "RunKeyRow", "TokenSaltRow"]


class TokenSaltRow(TenantRow, table=True):
    """What a person's token is made with; without it nobody tells whose token one is."""

    __tablename__ = "token_salt"
    id: str = Field(sa_type=Key, primary_key=True)
    salt: str = Field(sa_type=Text)


class RunKeyRow(TenantRow, table=True):
    """The key of a workflow that is about a customer, sealed with a data key of the tenant."""

    __tablename__ = "run_key"
    __table_args__ = (
        Index(None, "id", unique=True),
        Index(None, "tenant", "customer"),
        Index(None, "checked"),
    )
    workflow: str = Field(sa_type=Key, primary_key=True)
    id: str = Field(sa_type=Key)
    customer: str = Field(sa_type=Key)
    outer: str = Field(sa_type=Key)
    """The id of the data key that it is sealed with."""
    sealed: str = Field(sa_type=Text)
    created: datetime = Field(sa_type=Moment)
    checked: datetime = Field(sa_type=Moment)
    """When it was last looked whether there is still anything that it opens."""


class ErasureRow(TenantRow, table=True):
    """One forgetting; of whom is kept until nothing more can come in."""

    __tablename__ = "erasure"
    __table_args__ = (Index(None, "tenant", "at", "id"), Index(None, "settled"))
    id: str = Field(sa_type=Key, primary_key=True)
    subject: str = Field(sa_type=Key)
    customer: str | None = Field(sa_type=Key)
    by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    counts: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Moment)
    settled: datetime | None = Field(sa_type=Moment)
