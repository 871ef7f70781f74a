"""Tables of what comes in: keys, intents, customers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = ["ApiKeyRow", "CustomerRow", "IntentRow"]


class ApiKeyRow(TenantRow, table=True):
    __tablename__ = "api_key"
    __table_args__ = (Index(None, "id", unique=True),)
    id: str = Field(sa_type=Key, primary_key=True)
    name: str = Field(sa_type=Text)
    environment: str = Field(sa_type=Key)
    principal: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Key)
    roles: list[str] = Field(sa_type=JSON)
    secret_hash: str = Field(sa_type=Key)
    created: datetime = Field(sa_type=Moment)
    expires: datetime | None = Field(sa_type=Moment)
    revoked: datetime | None = Field(sa_type=Moment)
    scope: dict[str, Any] | None = Field(sa_type=Document)
    used: datetime | None = Field(sa_type=Moment)
    issuer: str | None = Field(sa_type=Text)
    replaces: str | None = Field(sa_type=Key)
    replaced: datetime | None = Field(sa_type=Moment)
    person: str | None = Field(default=None, sa_type=Key)
    on_behalf_of: str | None = Field(default=None, sa_type=Text)


class IntentRow(TenantRow, table=True):
    __tablename__ = "intent"
    __table_args__ = (Index(None, "tenant", "run"),)
    key: str = Field(sa_type=Key, primary_key=True)
    fingerprint: str = Field(sa_type=Key)
    solution: str = Field(sa_type=Key)
    run: str = Field(sa_type=Text)
    settled: bool
    answer: Any = Field(sa_type=JSON, nullable=True)
    created: datetime = Field(sa_type=Moment)


class CustomerRow(TenantRow, table=True):
    __tablename__ = "customer"
    __table_args__ = (Index(None, "tenant", "email"), Index(None, "tenant", "phone"))
    id: str = Field(sa_type=Key, primary_key=True)
    name: str | None = Field(sa_type=Text)
    email: str | None = Field(sa_type=Text)
    phone: str | None = Field(sa_type=Text)
    zone: str | None = Field(sa_type=Text)
    locale: str | None = Field(sa_type=Text)
    consents: list[Any] = Field(sa_type=JSON)
    updated: datetime = Field(sa_type=Moment)
