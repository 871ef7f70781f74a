"""Keep the policies that the platform and tenants set, by version."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "policy_version",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("written", sa.JSON(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("note", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "version", name=op.f("pk_policy_version")),
    )
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_policy_version_tenant_active"), ["tenant", "active"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_policy_version_tenant_digest"), ["tenant", "digest"], unique=False
        )
