"""The table of identity providers that tenants trust."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["IssuerRow"]


class IssuerRow(TenantRow, table=True):
    __tablename__ = "trusted_issuer"
    # What a token says leads to one tenant.
    __table_args__ = (Index(None, "issuer", "audience", unique=True),)
    id: str = Field(sa_type=Key, primary_key=True)
    issuer: str = Field(sa_type=Key)
    audience: str = Field(sa_type=Key)
    said: dict[str, Any] = Field(sa_type=JSON)
    by: str = Field(sa_type=Text)
    updated: datetime = Field(sa_type=Moment)
