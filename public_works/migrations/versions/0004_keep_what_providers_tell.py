"""Keep what providers tell of a delivery, and the plan that its step is part of."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plan", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("environment", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("event", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("gave", columns.Document(), nullable=True))
    with op.batch_alter_table("delivery_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("provider_id", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("data", columns.Document(), nullable=True))
