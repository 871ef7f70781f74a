"""Keep messages whose providers ask what they say while they are delivered."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "delivery_message",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("delivery", columns.Key(), nullable=False),
        sa.Column("message", columns.Document(), nullable=True),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "delivery", name=op.f("pk_delivery_message")),
    )
    with op.batch_alter_table("delivery_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_message_at"), ["at"], unique=False)
