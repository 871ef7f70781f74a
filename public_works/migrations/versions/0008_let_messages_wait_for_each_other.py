"""Create the table of messages that wait to be one message."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "digest_item",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("delivery", columns.Key(), nullable=False),
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("until", columns.Moment(), nullable=False),
        sa.Column("data", columns.Document(), nullable=True),
        sa.Column("by", columns.Key(), nullable=True),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "delivery", name=op.f("pk_digest_item")),
    )
    with op.batch_alter_table("digest_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_digest_item_tenant_digest_until"),
            ["tenant", "digest", "until"],
            unique=False,
        )
