"""Data keys, sealed."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("master", columns.Key(), nullable=False),
        sa.Column("sealed", columns.Text(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_data_key")),
    )
    with op.batch_alter_table("data_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_key_id"), ["id"], unique=True)
        batch_op.create_index(
            batch_op.f("ix_data_key_tenant_created"), ["tenant", "created"], unique=False
        )
