"""Let handovers that cannot be done wait behind others."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("event_handover", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("due", columns.Moment(), nullable=True))
    handover = sa.table("event_handover", sa.column("due"), sa.column("created"))
    op.execute(handover.update().values(due=handover.c.created))
    with op.batch_alter_table("event_handover", schema=None) as batch_op:
        batch_op.alter_column("due", existing_type=columns.Moment(), nullable=False)
        batch_op.alter_column("tries", existing_type=sa.Integer(), server_default=None)
        batch_op.drop_index(batch_op.f("ix_event_handover_state_created"))
        batch_op.create_index(
            batch_op.f("ix_event_handover_state_due"), ["state", "due"], unique=False
        )
