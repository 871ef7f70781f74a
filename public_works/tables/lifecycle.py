"""Tables of how versions are reviewed, approved, deployed in turn, and deployed past all that."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlmodel import Field

from public_works.tables.base import TenantRow
from public_works.tables.columns import Key, Moment, Text

__all__ = ["BrokenGlassRow", "RanRow", "RemarkRow", "ReviewRow", "SignatureRow"]


def _of_version() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant", "solution", "version"],
        ["solution_version.tenant", "solution_version.solution", "solution_version.version"],
    )


class ReviewRow(TenantRow, table=True):
    """A version laid before those who approve; the newest one of a version counts."""

    __tablename__ = "version_review"
    __table_args__ = (_of_version(), Index(None, "tenant", "solution", "version", "n", unique=True))
    id: str = Field(sa_type=Key, primary_key=True)
    solution: str = Field(sa_type=Key)
    version: str = Field(sa_type=Key)
    n: int
    evidence: dict[str, Any] = Field(sa_type=JSON)
    digest: str = Field(sa_type=Key)
    """Of the evidence: what an approval is bound to."""
    by: str = Field(sa_type=Text)
    behalf: str | None = Field(default=None, sa_type=Text, nullable=True)
    """The user for whom an agent submitted it."""
    note: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    state: str = Field(sa_type=Key)
    """open, approved, rejected or withdrawn."""
    decided: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    expires: datetime = Field(sa_type=Moment)
    """From when on it counts for nothing."""


class SignatureRow(TenantRow, table=True):
    """The approval of one person."""

    __tablename__ = "version_approval"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "review"], ["version_review.tenant", "version_review.id"]),
    )
    review: str = Field(sa_type=Key, primary_key=True)
    person: str = Field(sa_type=Key, primary_key=True)
    """Whoever it is, by whatever account."""
    by: str = Field(sa_type=Text)
    plan: str = Field(sa_type=Key)
    evidence: str = Field(sa_type=Key)
    policies: str = Field(sa_type=Key)
    """Digest of what held at that moment."""
    at: datetime = Field(sa_type=Moment)


class RemarkRow(TenantRow, table=True):
    """Something said about a version."""

    __tablename__ = "version_remark"
    __table_args__ = (_of_version(), Index(None, "tenant", "solution", "version", "at"))
    id: str = Field(sa_type=Key, primary_key=True)
    solution: str = Field(sa_type=Key)
    version: str = Field(sa_type=Key)
    act: str = Field(sa_type=Key)
    """What it was said with: submit, approve, reject, withdraw, comment."""
    by: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    task: str | None = Field(default=None, sa_type=Text, nullable=True)
    """The reference of the one it is about."""


class RanRow(TenantRow, table=True):
    """A version that an environment ran from then on."""

    __tablename__ = "deployment_history"
    __table_args__ = (_of_version(), Index(None, "tenant", "solution", "version"))
    solution: str = Field(sa_type=Key, primary_key=True)
    environment: str = Field(sa_type=Key, primary_key=True)
    n: int = Field(primary_key=True)
    version: str = Field(sa_type=Key)
    act: str = Field(sa_type=Key)
    """deploy, promote or rollback."""
    ground: str = Field(sa_type=Key)
    """What it stands on."""
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    why: str = Field(sa_type=Text)
    source: str | None = Field(default=None, sa_type=Key, nullable=True)
    """The environment it was promoted from."""
    review: str | None = Field(default=None, sa_type=Key, nullable=True)
    """The review it was approved in."""
    glass: str | None = Field(default=None, sa_type=Key, nullable=True)
    request: str | None = Field(default=None, sa_type=Key, nullable=True)
    """The Idempotency-Key of a rollback."""


class BrokenGlassRow(TenantRow, table=True):
    """A deployment past the approval it takes, and what somebody else says of it afterwards."""

    __tablename__ = "broken_glass"
    __table_args__ = (_of_version(), Index(None, "tenant", "at"))
    id: str = Field(sa_type=Key, primary_key=True)
    solution: str = Field(sa_type=Key)
    version: str = Field(sa_type=Key)
    plan: str = Field(sa_type=Key)
    environment: str = Field(sa_type=Key)
    by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    verdict: str | None = Field(default=None, sa_type=Key, nullable=True)
    """upheld or objected; None while nobody has looked."""
    reviewer: str | None = Field(default=None, sa_type=Text, nullable=True)
    comment: str | None = Field(default=None, sa_type=Text, nullable=True)
    reviewed: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
