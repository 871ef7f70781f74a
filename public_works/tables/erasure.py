"""Tables of who was forgotten."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["ErasureRow", "TokenSaltRow"]


class TokenSaltRow(TenantRow, table=True):
    """What a person's token is made with; without it nobody tells whose token one is."""

    __tablename__ = "token_salt"
    id: str = Field(sa_type=Key, primary_key=True)
    salt: str = Field(sa_type=Text)


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
