"""Create the tables of what people do not want, and of when it is a message's turn."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "suppression",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("channel", columns.Key(), nullable=False),
        sa.Column("address_hash", columns.Key(), nullable=False),
        sa.Column("scope", columns.Key(), nullable=False),
        sa.Column("reason", columns.Key(), nullable=False),
        sa.Column("source", columns.Text(), nullable=False),
        sa.Column("detail", columns.Text(), nullable=True),
        sa.Column("customer", columns.Key(), nullable=True),
        sa.Column("delivery", columns.Key(), nullable=True),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("expires", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_suppression")),
    )
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_suppression_tenant_address_hash"),
            ["tenant", "address_hash"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_suppression_tenant_at_id"), ["tenant", "at", "id"], unique=False
        )
    op.create_table(
        "preference",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("customer", columns.Key(), nullable=False),
        sa.Column("topic", columns.Key(), nullable=False),
        sa.Column("channel", columns.Key(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("source", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "customer", "topic", "channel", name=op.f("pk_preference")
        ),
    )
    op.create_table(
        "delivery_turn",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("binding", columns.Key(), nullable=False),
        sa.Column("next", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "binding", name=op.f("pk_delivery_turn")),
    )
