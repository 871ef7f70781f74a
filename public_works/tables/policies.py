"""The table of policies that platform and tenants set, by version."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["PolicyRow"]


class PolicyRow(TenantRow, table=True):
    __tablename__ = "policy_version"
    __table_args__ = (Index(None, "tenant", "active"), Index(None, "tenant", "digest"))
    version: int = Field(primary_key=True)
    digest: str = Field(sa_type=Key)
    active: bool
    written: dict[str, Any] = Field(sa_type=JSON)
    by: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
