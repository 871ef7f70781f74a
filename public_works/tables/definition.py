"""Tables of solutions, their versions, plans and deployments."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlmodel import Field

from public_works.tables.base import GLOBAL, Row, TenantRow
from public_works.tables.columns import Document, Key, Moment, Text

__all__ = ["DeploymentRow", "PlanRow", "SolutionRow", "VersionRow"]


class SolutionRow(TenantRow, table=True):
    __tablename__ = "solution"
    name: str = Field(sa_type=Key, primary_key=True)
    title: str = Field(sa_type=Text)
    paused: bool
    latest: str = Field(sa_type=Key)
    created: datetime = Field(sa_type=Moment)


class PlanRow(Row, table=True):
    """Content-addressed: the same for whoever has the digest, and never changed."""

    __tablename__ = "plan"
    __table_args__ = GLOBAL
    digest: str = Field(sa_type=Key, primary_key=True)
    plan: dict[str, Any] = Field(sa_type=JSON)


class VersionRow(TenantRow, table=True):
    __tablename__ = "solution_version"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "solution"], ["solution.tenant", "solution.name"]),
        ForeignKeyConstraint(["plan_digest"], ["plan.digest"]),
        Index(None, "tenant", "solution", "created"),
        Index(None, "plan_digest"),
    )
    solution: str = Field(sa_type=Key, primary_key=True)
    version: str = Field(sa_type=Key, primary_key=True)
    digest: str = Field(sa_type=Key)
    plan_digest: str = Field(sa_type=Key)
    text: str = Field(sa_type=Text)
    media_type: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    author: str = Field(sa_type=Text)
    retired: bool
    created: datetime = Field(sa_type=Moment)
    findings: dict[str, Any] | None = Field(default=None, sa_type=Document, nullable=True)
    """What the check found when it was registered, as `{"items": […]}`."""
    behalf: str | None = Field(default=None, sa_type=Text, nullable=True)
    """The user for whom an agent wrote it."""


class DeploymentRow(TenantRow, table=True):
    """Which version an environment runs now."""

    __tablename__ = "deployment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "solution", "version"],
            ["solution_version.tenant", "solution_version.solution", "solution_version.version"],
        ),
        Index(None, "at"),
    )
    solution: str = Field(sa_type=Key, primary_key=True)
    environment: str = Field(sa_type=Key, primary_key=True)
    version: str = Field(sa_type=Key)
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
