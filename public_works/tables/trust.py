"""Tables of identity providers that tenants trust, and of browsers in which somebody signed in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["IssuerRow", "SignInRow"]


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


class SignInRow(TenantRow, table=True):
    """A browser in which somebody signed in."""

    __tablename__ = "sign_in"
    __table_args__ = (
        Index(None, "id", unique=True),
        Index(None, "tenant", "principal"),
        Index(None, "tenant", "expires"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    secret_hash: str = Field(sa_type=Text)
    issuer: str = Field(sa_type=Key)
    """The id of the issuer's record; empty where somebody came in otherwise."""
    provider: str = Field(sa_type=Text)
    """The issuer itself, which may be another one under that id some day."""
    key: str | None = Field(sa_type=Key)
    """The id of the API key it was bought with."""
    principal: str = Field(sa_type=Key)
    person: str | None = Field(sa_type=Key)
    roles: list[str] = Field(sa_type=JSON)
    how: dict[str, Any] = Field(sa_type=JSON)
    """`acr`, `amr` and `auth_time` as the provider said them."""
    created: datetime = Field(sa_type=Moment)
    seen: datetime = Field(sa_type=Moment)
    expires: datetime = Field(sa_type=Moment)
    ended: datetime | None = Field(sa_type=Moment)
