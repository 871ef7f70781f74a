"""Who was forgotten, and the keys thrown away."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "token_salt",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("salt", columns.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_token_salt")),
    )
    op.create_table(
        "erasure",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("subject", columns.Key(), nullable=False),
        sa.Column("customer", columns.Key(), nullable=True),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("settled", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_tenant_at_id"), "erasure", ["tenant", "at", "id"])
    op.create_index(op.f("ix_erasure_settled"), "erasure", ["settled"])
