"""Keep what keys are limited to, when they were last used and which took whose place."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scope", columns.Document(), nullable=True))
        batch_op.add_column(sa.Column("used", columns.Moment(), nullable=True))
        batch_op.add_column(sa.Column("issuer", columns.Text(), nullable=True))
        batch_op.add_column(sa.Column("replaces", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("replaced", columns.Moment(), nullable=True))
