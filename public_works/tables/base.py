"""What every table starts from."""

from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from public_works.tables.columns import Key

__all__ = ["GLOBAL", "Row", "TenantRow"]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

GLOBAL: dict[str, Any] = {"info": {"global": True}}
"""The table arguments of a table whose rows belong to no tenant."""


class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """A row of any table."""


class TenantRow(Row):
    """A row that belongs to one tenant; every query filters by it."""

    tenant: str = Field(sa_type=Key, primary_key=True)
