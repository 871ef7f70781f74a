"""Tie deliveries to those they were made instead of."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instead_of", columns.Key(), nullable=True))
