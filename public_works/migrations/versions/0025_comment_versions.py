"""Comments on one task of a version; approvals by when they expire."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("version_remark", sa.Column("task", columns.Text(), nullable=True))
    op.create_index(op.f("ix_approval_state_expires"), "approval", ["state", "expires"])
