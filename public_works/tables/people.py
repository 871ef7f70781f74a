"""Tables of who is let in: people, groups and a tenant's own roles."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["FormerRow", "GroupRow", "MemberRow", "PersonRow", "RoleRow"]


class PersonRow(TenantRow, table=True):
    __tablename__ = "person"
    __table_args__ = (
        Index(None, "tenant", "name", unique=True),
        Index(None, "tenant", "external_id", unique=True),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    name: str = Field(sa_type=Key)
    """The userName as it is compared: without case."""
    user_name: str = Field(sa_type=Text)
    external_id: str | None = Field(sa_type=Key)
    active: bool
    attributes: dict[str, Any] = Field(sa_type=JSON)
    version: int
    created: datetime = Field(sa_type=Moment)
    updated: datetime = Field(sa_type=Moment)


class FormerRow(TenantRow, table=True):
    """Somebody who was removed: by keyed hashes, so that four eyes know who comes back."""

    __tablename__ = "former_person"
    __table_args__ = (Index(None, "tenant", "name"), Index(None, "tenant", "external_id"))
    id: str = Field(sa_type=Key, primary_key=True)
    name: str = Field(sa_type=Key)
    external_id: str | None = Field(sa_type=Key)
    heir: str | None = Field(sa_type=Key)
    """Who they are since they came back."""
    removed: datetime = Field(sa_type=Moment)


class GroupRow(TenantRow, table=True):
    __tablename__ = "person_group"
    __table_args__ = (Index(None, "tenant", "name"), Index(None, "tenant", "external_id"))
    id: str = Field(sa_type=Key, primary_key=True)
    name: str = Field(sa_type=Key)
    external_id: str | None = Field(sa_type=Key)
    attributes: dict[str, Any] = Field(sa_type=JSON)
    version: int
    created: datetime = Field(sa_type=Moment)
    updated: datetime = Field(sa_type=Moment)


class MemberRow(TenantRow, table=True):
    __tablename__ = "person_group_member"
    __table_args__ = (Index(None, "tenant", "member"),)
    group: str = Field(sa_type=Key, primary_key=True)
    member: str = Field(sa_type=Key, primary_key=True)
    kind: str = Field(sa_type=Key)
    """`person` or `group`."""


class RoleRow(TenantRow, table=True):
    __tablename__ = "tenant_role"
    name: str = Field(sa_type=Key, primary_key=True)
    actions: list[str] = Field(sa_type=JSON)
    solutions: list[str] | None = Field(sa_type=JSON, nullable=True)
    environments: list[str] | None = Field(sa_type=JSON, nullable=True)
    groups: list[str] = Field(sa_type=JSON)
    by: str = Field(sa_type=Text)
    updated: datetime = Field(sa_type=Moment)
