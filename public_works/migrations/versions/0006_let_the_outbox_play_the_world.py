"""Keep in the outbox what channels beside mail hold, and what people do with it there."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("document", columns.Document(), nullable=True))
        batch_op.add_column(sa.Column("customer", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("experience", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("thread", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("acts", sa.JSON(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_outbox_message_tenant_channel_thread_at"),
            ["tenant", "channel", "thread", "at"],
            unique=False,
        )
