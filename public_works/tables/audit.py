"""Tables of the audit log. Triggers of the database refuse to change or delete what is in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["AuditCheckpointRow", "AuditHeadRow", "AuditRow"]


class AuditRow(TenantRow, table=True):
    """A record at its place in the chain of its tenant."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index(None, "tenant", "action", "seq"),
        Index(None, "tenant", "subject", "seq"),
        Index(None, "tenant", "actor", "seq"),
    )
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    actor: str = Field(sa_type=Key)
    actor_kind: str = Field(sa_type=Key)
    action: str = Field(sa_type=Key)
    subject_type: str = Field(sa_type=Key)
    subject: str = Field(sa_type=Key)
    outcome: str = Field(sa_type=Key)
    code: str | None = Field(sa_type=Text)
    details: dict[str, Any] = Field(sa_type=JSON)
    trace: str | None = Field(sa_type=Text)
    decision: str | None = Field(sa_type=Key)
    prev: str = Field(sa_type=Key)
    hash: str = Field(sa_type=Key)


class AuditHeadRow(TenantRow, table=True):
    """How far the chain of a tenant goes: what tells that its end was cut off."""

    __tablename__ = "audit_head"
    seq: int
    hash: str = Field(sa_type=Key)


class AuditCheckpointRow(TenantRow, table=True):
    """Where a chain stood, signed."""

    __tablename__ = "audit_checkpoint"
    seq: int = Field(primary_key=True)
    hash: str = Field(sa_type=Key)
    at: datetime = Field(sa_type=Moment)
    kid: str = Field(sa_type=Text)
    signature: str = Field(sa_type=Text)
