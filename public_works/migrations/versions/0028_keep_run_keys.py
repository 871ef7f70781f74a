"""Keys of single runs and sessions, to be thrown away with whom they are about."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "run_key",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("workflow", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("customer", columns.Key(), nullable=False),
        sa.Column("outer", columns.Key(), nullable=False),
        sa.Column("sealed", columns.Text(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("checked", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "workflow", name=op.f("pk_run_key")),
    )
    op.create_index(op.f("ix_run_key_id"), "run_key", ["id"], unique=True)
    op.create_index(op.f("ix_run_key_tenant_customer"), "run_key", ["tenant", "customer"])
    op.create_index(op.f("ix_run_key_checked"), "run_key", ["checked"])
