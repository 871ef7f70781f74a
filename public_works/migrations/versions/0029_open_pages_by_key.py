"""Browsers that were let in by an API key."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("key", columns.Key(), nullable=True))
