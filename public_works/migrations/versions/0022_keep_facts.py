"""Keep what decisions were made on; take so much of a budget, and places only for a while."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    with op.batch_alter_table("cap_reservation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("amount", sa.BigInteger(), nullable=False, server_default="1")
        )
        batch_op.add_column(sa.Column("lapses", columns.Moment(), nullable=True))
    op.create_table(
        "decision_facts",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("plan", columns.Key(), nullable=False),
        sa.Column("policies", sa.JSON(), nullable=False),
        sa.Column("step", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_decision_facts")),
    )
    with op.batch_alter_table("decision_facts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_facts_tenant_at_id"), ["tenant", "at", "id"])
        batch_op.create_index(batch_op.f("ix_decision_facts_at"), ["at"])
