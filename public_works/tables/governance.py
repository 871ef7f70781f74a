"""Tables of what is allowed and offered: approvals, decisions, switches, catalogs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import GLOBAL, Row, TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["ApprovalRow", "CatalogRow", "DecisionRow", "FactRow", "SwitchRow"]


class ApprovalRow(TenantRow, table=True):
    __tablename__ = "approval"
    __table_args__ = (
        Index(None, "tenant", "state", "created", "id"),
        Index(None, "state", "expires"),
    )
    id: str = Field(sa_type=Key, primary_key=True)
    run: str = Field(sa_type=Text)
    workflow_id: str = Field(sa_type=Text)
    solution: str = Field(sa_type=Key)
    step: str = Field(sa_type=Text)
    policy: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    reason: str | None = Field(sa_type=Text)
    initiator: str = Field(sa_type=Text)
    expires: datetime | None = Field(sa_type=Moment)
    created: datetime = Field(sa_type=Moment)
    state: str = Field(sa_type=Key)
    by: str | None = Field(sa_type=Text)
    note: str | None = Field(sa_type=Text)
    decided: datetime | None = Field(sa_type=Moment)


class DecisionRow(TenantRow, table=True):
    __tablename__ = "policy_decision"
    __table_args__ = (Index(None, "tenant", "run", "at"),)
    id: str = Field(sa_type=Key, primary_key=True)
    run: str = Field(sa_type=Key)
    step: str = Field(sa_type=Text)
    point: str = Field(sa_type=Key)
    outcome: str = Field(sa_type=Key)
    policy: str | None = Field(sa_type=Text)
    layer: str | None = Field(sa_type=Key)
    reason: str | None = Field(sa_type=Text)
    bundle: str = Field(sa_type=Key)
    facts_digest: str = Field(sa_type=Key)
    at: datetime = Field(sa_type=Moment)
    details: Any = Field(sa_type=JSON, nullable=True)


class FactRow(TenantRow, table=True):
    """What a decision was made on, to be decided on again for a while."""

    __tablename__ = "decision_facts"
    __table_args__ = (Index(None, "tenant", "at", "id"), Index(None, "at"))
    id: str = Field(sa_type=Key, primary_key=True)
    """The decision's."""
    solution: str = Field(sa_type=Key)
    plan: str = Field(sa_type=Key)
    policies: dict[str, Any] = Field(sa_type=JSON)
    """The digests of what held, by whose it is."""
    step: dict[str, Any] = Field(sa_type=JSON)
    facts: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Moment)


class SwitchRow(TenantRow, table=True):
    __tablename__ = "kill_switch"
    scope: str = Field(sa_type=Key, primary_key=True)
    on: bool
    by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)


class CatalogRow(Row, table=True):
    """What one worker pool offers, to every tenant it serves."""

    __tablename__ = "pool_catalog"
    __table_args__ = GLOBAL
    pool: str = Field(sa_type=Key, primary_key=True)
    catalog: dict[str, Any] = Field(sa_type=JSON)
    published: datetime = Field(sa_type=Moment)
