"""The table of data keys, each sealed with a master key."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["DataKeyRow"]


class DataKeyRow(TenantRow, table=True):
    __tablename__ = "data_key"
    __table_args__ = (Index(None, "id", unique=True), Index(None, "tenant", "created"))
    id: str = Field(sa_type=Key, primary_key=True)
    master: str = Field(sa_type=Key)
    sealed: str = Field(sa_type=Text)
    created: datetime = Field(sa_type=Moment)
